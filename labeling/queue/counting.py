"""How many tasks a project has, by kind, language and state: exact, and quick among a million."""

from collections.abc import Iterator

from django.db import connection

from labeling.answer_filter import LARGEST
from labeling.models import Project

# From sort to sort of tasks, whatever lies between, then each counted in one stretch of the index:
# to group by three texts takes several times as long as to count.
COUNTS = """
WITH RECURSIVE sorts AS (
  (
    SELECT round_number, kind, language, state FROM labeling_task
    WHERE project_id = %(project)s AND round_number BETWEEN %(first)s AND %(last)s
    ORDER BY round_number, kind, language, state LIMIT 1
  ) UNION ALL
  SELECT following.* FROM sorts s, LATERAL (
    SELECT t.round_number, t.kind, t.language, t.state FROM labeling_task t
    WHERE t.project_id = %(project)s AND t.round_number BETWEEN %(first)s AND %(last)s
    AND (t.round_number, t.kind, t.language, t.state)
      > (s.round_number, s.kind, s.language, s.state)
    ORDER BY t.round_number, t.kind, t.language, t.state LIMIT 1
  ) following
)
SELECT s.kind, s.language, s.state, sum(counted.tasks)::bigint, sum(counted.free)::bigint
FROM sorts s, LATERAL (
  SELECT count(*) AS tasks, sum(t.free_slots) AS free FROM labeling_task t
  WHERE t.project_id = %(project)s AND t.round_number = s.round_number AND t.kind = s.kind
  AND t.language = s.language AND t.state = s.state
) counted
GROUP BY s.kind, s.language, s.state
"""


def counts_of(
    project: Project, round_number: int | None = None
) -> Iterator[tuple[str, str, str, int, int]]:
    """Kind, language, state, how many such tasks, and how many of their slots are free."""
    first, last = (round_number, round_number) if round_number else (0, LARGEST)
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {"project": project.pk, "first": first, "last": last})
        yield from cursor.fetchall()
