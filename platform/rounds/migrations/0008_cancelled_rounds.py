"""A round can be cancelled: it ends without a model."""

from django.db import migrations, models

STATES = [
    ("collecting", "Collecting"),
    ("training", "Training"),
    ("evaluated", "Evaluated"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]


class Migration(migrations.Migration):
    dependencies = [("rounds", "0007_verdicts")]

    operations = [
        migrations.AlterField(
            "round",
            "state",
            models.CharField(choices=STATES, default="collecting", max_length=10),
        ),
    ]
