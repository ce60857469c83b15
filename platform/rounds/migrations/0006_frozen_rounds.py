"""Labels that a training has begun on are frozen: those of rounds launched before this too."""

from django.db import migrations

FREEZE = """
UPDATE labeling_project p SET frozen_round = r.last
FROM (
  SELECT o.project_id, max(o.number) AS last
  FROM rounds_round o JOIN rounds_run n ON n.round_id = o.id
  WHERE n.snapshot_id IS NOT NULL GROUP BY o.project_id
) r
WHERE r.project_id = p.id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("rounds", "0005_stages_are_folders"),
        ("labeling", "0010_standing_of_annotations"),
    ]

    operations = [migrations.RunSQL(FREEZE, migrations.RunSQL.noop)]
