"""Now and then somebody is given a check in place of a task, and nothing tells the two apart."""

import json
import random
from typing import Any

from accounts.models import User
from core.postgresql.rows import Columns, first_row
from labeling import slots
from labeling.checks.choosing import settings_of
from labeling.kinds import kinds
from labeling.models import Assignment, Prompt, Purpose, Task

PROMPT = Columns(Prompt, "m")
_CHANCE = random.SystemRandom()

# No prompt with a content warning for whoever wants none, though they have answered it before.
UNAVOIDED = """NOT EXISTS (
  SELECT FROM labeling_membership r
  WHERE r.project_id = %(project)s AND r.user_id = %(annotator)s AND r.avoids_warned
  AND m.content_warning IN ('reported', 'marked')
)"""

# One of the kind and language of the task that it stands in for, so that it does not stand out, and
# that this person has not had; any one, so that people cannot compare which ones they were given.
GOLD = f"""
SELECT {slots.TASK}, {PROMPT}, {slots.SETTINGS}, {slots.PREAMBLE}, {slots.COMPLETION_IDS}
FROM labeling_gold g JOIN labeling_task t ON t.id = g.task_id
JOIN labeling_prompt m ON m.id = t.prompt_id
{slots.OF_SETTINGS} {slots.OF_PREAMBLE}
WHERE g.project_id = %(project)s AND g.retired_at IS NULL AND NOT g.is_test
AND t.kind = %(kind)s AND t.language = %(language)s AND %(annotator)s <> ALL (t.authors)
AND NOT EXISTS (
  SELECT FROM labeling_assignment h WHERE h.task_id = t.id AND h.annotator_id = %(annotator)s
) AND {UNAVOIDED}
ORDER BY random() LIMIT 1
"""
# The newest of this person's answers that lies so many answers back and was not asked again, of
# tasks drawn at random: on chosen ones, which are harder, people agree less with themselves too.
REPEAT = f"""
SELECT {slots.TASK}, {PROMPT}, {slots.SETTINGS}, {slots.PREAMBLE}, {slots.COMPLETION_IDS},
  a.shown_order
FROM labeling_annotation a JOIN labeling_task t ON t.id = a.task_id
JOIN labeling_prompt m ON m.id = t.prompt_id
{slots.OF_SETTINGS} {slots.OF_PREAMBLE}
WHERE a.annotator_id = %(annotator)s AND a.project_id = %(project)s AND a.kind = %(kind)s
AND NOT t.is_chosen
AND a.purpose = 'label' AND a.standing IN ('counts', 'surplus', 'overruled') AND a.id <= (
  SELECT n.id FROM labeling_annotation n
  WHERE n.annotator_id = %(annotator)s AND n.project_id = %(project)s
  ORDER BY n.id DESC OFFSET %(after)s LIMIT 1
) AND NOT EXISTS (
  SELECT FROM labeling_assignment h
  WHERE h.task_id = t.id AND h.annotator_id = %(annotator)s AND h.purpose <> 'label'
) AND {UNAVOIDED}
ORDER BY a.id DESC LIMIT 1
"""


def instead_of(task: Task, annotator: User) -> Assignment | None:
    """A check for `annotator`, whose row is locked, in place of `task`; mostly None.

    Drawn anew at each task, so nobody can count down to the next one. Asks the database nothing
    unless a check is due.
    """
    chosen = settings_of(task.project)
    if not (chosen.gold_percent or chosen.repeat_percent) or task.purpose != Purpose.LABEL:
        return None
    drawn = 100 * chance()
    if drawn < chosen.gold_percent:
        return _gold(task, annotator)
    if drawn < chosen.gold_percent + chosen.repeat_percent:
        return _repeat(task, annotator, after=chosen.repeat_after)
    return None


def chance() -> float:
    """A number from 0 to 1 that nobody can foresee."""
    return _CHANCE.random()


def other_order(task: Task, annotator: User, before: list[int]) -> list[int]:
    """The completion ids in another order than `before`, where there is one."""
    order = list(before)
    random.Random(f"{task.pk}:{annotator.pk}:again").shuffle(order)
    return order if order != before else before[::-1]


def _gold(task: Task, annotator: User) -> Assignment | None:
    row = first_row(GOLD, _wanted(task, annotator))
    if row is None:
        return None
    found = _read(row, like=task)
    order = slots.order_for(found, annotator)
    return slots.assign_check(found, annotator, purpose=Purpose.GOLD, shown_order=order)


def _repeat(task: Task, annotator: User, *, after: int) -> Assignment | None:
    if not kinds()[task.kind].enter_submits:  # whoever writes a text again remembers it
        return None
    row = first_row(REPEAT, {**_wanted(task, annotator), "after": after})
    if row is None:
        return None
    found = _read(row, like=task)
    before = json.loads(next(row))
    order = other_order(found, annotator, before)
    return slots.assign_check(found, annotator, purpose=Purpose.REPEAT, shown_order=order)


def _wanted(task: Task, annotator: User) -> dict[str, Any]:
    return {
        "project": task.project_id,
        "annotator": annotator.pk,
        "kind": task.kind,
        "language": task.language,
    }


def _read(row: Any, *, like: Task) -> Task:
    found = slots.TASK.read(row)
    found.project, found.prompt = like.project, PROMPT.read(row)
    found.settings = slots.SETTINGS.read_outer(row)
    found.preamble = slots.PREAMBLE.read_outer(row)
    found.completion_ids = next(row)
    return found
