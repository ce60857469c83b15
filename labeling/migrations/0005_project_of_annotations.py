"""An annotation knows its project, so that one index finds a project's answers in their order."""

import django.db.models.deletion
from django.db import migrations, models

PROJECT_OF_TASK = """
UPDATE labeling_annotation n SET project_id = t.project_id
FROM labeling_task t WHERE t.id = n.task_id
"""


def project(*, null):
    return models.ForeignKey(
        db_index=False,
        null=null,
        on_delete=django.db.models.deletion.CASCADE,
        related_name="annotations",
        to="labeling.project",
    )


class Migration(migrations.Migration):
    dependencies = [("labeling", "0004_in_progress")]

    operations = [
        migrations.AddField("annotation", "project", project(null=True)),
        migrations.RunSQL(PROJECT_OF_TASK, migrations.RunSQL.noop),
        migrations.AlterField("annotation", "project", project(null=False)),
        migrations.AddIndex(
            "annotation", models.Index(fields=["project", "id"], name="labeling_project_answers")
        ),
    ]
