from django.db import migrations, models

# Open tasks of a kind are spread evenly over the turns, as labeling.tasks does with new ones: in
# the middle of a round, too, people meet the kinds mixed from now on.
SPREAD = """
UPDATE labeling_task SET turn = spread.turn
FROM (
  SELECT id, 2147483647 * (2 * row_number() OVER kind - 1)
    / (2 * count(*) OVER (PARTITION BY project_id, priority, kind)) AS turn
  FROM labeling_task WHERE state = 'open'
  WINDOW kind AS (PARTITION BY project_id, priority, kind ORDER BY id)
) spread
WHERE labeling_task.id = spread.id
"""


def claimable(name: str, *before: str) -> models.Index:
    return models.Index(
        *(models.F(field) for field in before),
        models.OrderBy(models.F("priority"), descending=True),
        models.F("turn"),
        models.F("id"),
        condition=models.Q(("free_slots__gt", 0), ("state", "open")),
        name=name,
    )


class Migration(migrations.Migration):
    dependencies = [("labeling", "0008_prompt_withdrawn")]

    operations = [
        migrations.AddField("task", "turn", models.PositiveIntegerField(default=0)),
        migrations.RemoveIndex("task", "labeling_task_claimable"),
        migrations.RemoveIndex("task", "labeling_task_claimable_kind"),
        migrations.RunSQL(SPREAD, migrations.RunSQL.noop),
        migrations.AddIndex("task", claimable("labeling_task_claimable", "project")),
        migrations.AddIndex("task", claimable("labeling_task_claimable_kind", "project", "kind")),
    ]
