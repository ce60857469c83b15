"""An active assignment is in progress: a word on pages, nothing in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("labeling", "0003_claims_by_kind")]

    operations = [
        migrations.AlterField(
            "assignment",
            "state",
            models.CharField(
                choices=[
                    ("active", "In progress"),
                    ("submitted", "Submitted"),
                    ("surplus", "Submitted late, kept as an extra answer"),
                    ("skipped", "Skipped"),
                    ("expired", "Expired"),
                ],
                default="active",
                max_length=10,
            ),
        ),
    ]
