"""Prompts may offer tools and hold calls of them, kept to the letter beside roles and texts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0030_skipping_and_own_tasks"),
    ]

    operations = [
        migrations.AddField(
            model_name="prompt",
            name="given",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
    ]
