"""An answer says whether its task was chosen where reward models differ: lists ask for it."""

from django.db import migrations, models

# Few: choosing is new, and what was drawn is the default.
CHOSEN = """
UPDATE labeling_annotation a SET is_chosen = true
FROM labeling_task t WHERE t.id = a.task_id AND t.is_chosen
"""


class Migration(migrations.Migration):
    dependencies = [("labeling", "0024_solution_shown")]

    operations = [
        # A constant: PostgreSQL writes none of the rows.
        migrations.AddField(
            "annotation", "is_chosen", models.BooleanField(db_default=False, default=False)
        ),
        migrations.RunSQL(CHOSEN, migrations.RunSQL.noop),
        migrations.AddIndex(
            "annotation",
            models.Index(
                fields=["project", "id"],
                name="labeling_chosen_answers",
                condition=models.Q(is_chosen=True),
            ),
        ),
        migrations.AddIndex(
            "task",
            models.Index(
                fields=["project", "state", "-id"],
                include=("round_number", "kind", "language"),
                name="labeling_task_chosen",
                condition=models.Q(is_chosen=True),
            ),
        ),
    ]
