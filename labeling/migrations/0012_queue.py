"""The queue: tasks know their prompt's language, and are counted and listed by indexes."""

from django.conf import settings
from django.db import migrations, models

LANGUAGES = """
UPDATE labeling_task t SET language = p.language FROM labeling_prompt p WHERE p.id = t.prompt_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0011_purpose_of_tasks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "task",
            "language",
            models.CharField(blank=True, db_default="", default="", max_length=10),
        ),
        migrations.RunSQL(LANGUAGES, migrations.RunSQL.noop),
        migrations.AddIndex(
            "annotation",
            models.Index(
                fields=["project", "created_at"],
                include=["annotator", "standing", "id"],
                name="labeling_recent_answers",
            ),
        ),
        migrations.AddIndex(
            "task",
            models.Index(
                fields=["project", "round_number", "kind", "language", "state"],
                include=["free_slots", "id"],
                name="labeling_task_counts",
            ),
        ),
        migrations.AddIndex(
            "task",
            models.Index(fields=["project", "state", "-id"], name="labeling_task_pages"),
        ),
    ]
