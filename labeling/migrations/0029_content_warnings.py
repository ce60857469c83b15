"""Prompts may come with a content warning, which people may choose never to be given."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("labeling", "0028_concerns")]

    operations = [
        # Constants: PostgreSQL writes none of the rows.
        migrations.AddField(
            "prompt",
            "content_warning",
            models.CharField(
                blank=True,
                choices=[
                    ("", "None"),
                    ("reported", "Annotators found it unsafe"),
                    ("marked", "A manager or a file marked it"),
                    ("cleared", "A manager found it harmless"),
                ],
                db_default="",
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            "membership", "avoids_warned", models.BooleanField(db_default=False, default=False)
        ),
    ]
