"""Who holds how many tasks of a project, and how many of each kind and language are held."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from labeling.answer_filter import LARGEST
from labeling.models import Project

# Two counts of the same rows at once: by person, and by kind and language.
HELD = """
SELECT a.annotator_id, u.name, t.kind, t.language, count(*), min(a.created_at),
  count(DISTINCT t.id) FILTER (WHERE t.state = 'open')
FROM labeling_assignment a JOIN labeling_task t ON t.id = a.task_id
JOIN accounts_user u ON u.id = a.annotator_id
WHERE a.state = 'active' AND a.slot > 0 AND t.project_id = %(project)s
AND t.round_number BETWEEN %(first)s AND %(last)s
GROUP BY GROUPING SETS ((a.annotator_id, u.name), (t.kind, t.language))
"""


@dataclass(frozen=True, kw_only=True)
class Holder:
    """What one person has begun, and when the oldest of it."""

    pk: int
    name: str
    holds: int
    since: datetime


def held_in(
    project: Project, round_number: int | None
) -> tuple[list[Holder], dict[tuple[str, str], int]]:
    """Those who hold tasks; and by kind and language the open tasks that are held, each once."""
    first, last = (round_number, round_number) if round_number else (0, LARGEST)
    people, tasks = [], {}
    with connection.cursor() as cursor:
        cursor.execute(HELD, {"project": project.pk, "first": first, "last": last})
        for person, name, kind, language, holds, since, still_open in cursor.fetchall():
            if person is None:
                tasks[kind, language] = still_open
            else:
                people.append(Holder(pk=person, name=name, holds=holds, since=since))
    return people, tasks
