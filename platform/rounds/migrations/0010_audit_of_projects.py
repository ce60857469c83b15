"""Entries of the audit that are older than their column `project` get it."""

from django.db import migrations

OLDER = {
    "labeling.Project": "SELECT id, id AS project_id FROM labeling_project",
    "labeling.Prompt": "SELECT id, project_id FROM labeling_prompt",
    "labeling.Task": "SELECT id, project_id FROM labeling_task",
    "labeling.Gold": "SELECT id, project_id FROM labeling_gold",
    "rounds.Round": "SELECT id, project_id FROM rounds_round",
    "rounds.Ballot": "SELECT id, project_id FROM rounds_ballot",
    "rounds.Run": "SELECT n.id, r.project_id FROM rounds_run n JOIN rounds_round r ON r.id = n.round_id",
    "jobs.Job": (
        "SELECT n.job_id AS id, r.project_id "
        "FROM rounds_run n JOIN rounds_round r ON r.id = n.round_id"
    ),
    "registry.ModelVersion": (
        "SELECT v.id, p.id AS project_id "
        "FROM registry_modelversion v JOIN labeling_project p ON p.family_id = v.family_id"
    ),
}
FILL = """
UPDATE accounts_auditentry e SET project = t.project_id FROM ({rows}) t
WHERE e.project IS NULL AND e.target = '{label}:' || t.id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("rounds", "0009_opinions"),
        ("accounts", "0005_audit_of_projects"),
        ("labeling", "0017_review_queue"),
        ("registry", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(FILL.format(rows=rows, label=label), migrations.RunSQL.noop)
        for label, rows in OLDER.items()
    ]
