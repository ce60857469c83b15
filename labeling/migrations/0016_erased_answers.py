"""An answer can be erased at its annotator's wish."""

from django.db import migrations, models

STANDINGS = [
    ("counts", "Counts"),
    ("surplus", "Extra"),
    ("sent_back", "Sent back"),
    ("superseded", "Corrected"),
    ("taken_back", "Taken back"),
    ("excluded", "Excluded"),
    ("overruled", "Overruled"),
    ("erased", "Erased"),
    ("check", "Check"),
]


class Migration(migrations.Migration):
    dependencies = [("labeling", "0015_guided_answers")]

    operations = [
        migrations.AlterField(
            "annotation",
            "standing",
            models.CharField(
                choices=STANDINGS, db_default="counts", default="counts", max_length=10
            ),
        ),
    ]
