"""Votes draw held-out prompts by their hash."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0001_squashed_0021_goals_and_given_tasks"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="prompt",
            index=models.Index(
                condition=models.Q(("split", "heldout"), ("withdrawn_at__isnull", True)),
                fields=["project", "sha256"],
                include=("id",),
                name="labeling_heldout",
            ),
        ),
    ]
