"""Projects say how tasks are skipped; members choose among the tasks that they are given."""

import django.contrib.postgres.fields
from django.db import migrations, models


def chosen(longest):
    """A list of names of at most so many characters."""
    return django.contrib.postgres.fields.ArrayField(
        base_field=models.CharField(max_length=longest),
        blank=True,
        db_default=[],
        default=list,
        size=None,
    )


class Migration(migrations.Migration):
    dependencies = [("labeling", "0029_content_warnings")]

    operations = [
        migrations.AddField(
            "project",
            "skipping",
            models.CharField(
                choices=[
                    ("free", "With a reason"),
                    ("noted", "With a reason and a note"),
                    ("never", "Not at all"),
                ],
                db_default="free",
                default="free",
                max_length=5,
                verbose_name="skipping a task",
            ),
        ),
        migrations.AddField("project", "skip_reasons", chosen(20)),
        migrations.AddField(
            "project",
            "hides_concerns",
            models.BooleanField(
                db_default=False,
                default=False,
                verbose_name="offer no concerns beside an answer",
            ),
        ),
        migrations.AddField("membership", "chosen_kinds", chosen(20)),
        migrations.AddField("membership", "chosen_languages", chosen(10)),
    ]
