"""What kinds share in which people judge the texts of a task one after the other.

An answer is a list of rows, one for each completion, with its id as `completion`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from labeling.kinds.base import unfit
from labeling.kinds.texts import ids_of
from labeling.models import Annotation, Assignment, Completion, Task

MOST = 9  # texts of a task
LETTERS = "ABCDEFGHI"
Rows = list[dict[str, Any]]


def texts(order: list[int], found: Mapping[int, Completion]) -> list[dict[str, Any]]:
    """The texts in the order of one annotator, each with its letter; same texts are one."""
    by_text: dict[str, dict[str, Any]] = {}
    for pk in order:
        fresh = {"letter": LETTERS[len(by_text)], "completion": found[pk], "ids": []}
        by_text.setdefault(found[pk].text, fresh)["ids"].append(pk)
    return list(by_text.values())


def to_judge(assignment: Assignment) -> list[dict[str, Any]]:
    """The texts of an annotator's page."""
    return texts(assignment.shown_order, Completion.objects.in_bulk(assignment.shown_order))


def seen(annotation: Annotation) -> list[dict[str, Any]]:
    """The texts that the annotator saw."""
    found = {completion.pk: completion for completion in annotation.task.completions.all()}
    return texts(annotation.shown_order, found)


def judged(annotation: Annotation, field: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each text that the annotator saw, with its row of `field`."""
    of = {row["completion"]: row for row in annotation.body[field]}
    return [(text, of[text["ids"][0]]) for text in seen(annotation)]


def check_each(task: Task, field: str, given: Sequence[tuple[int, object]]) -> None:
    """BadInputError unless each completion is judged once, and the same texts alike.

    given: the completion of each row of `field`, and what is said of it.
    """
    times = Counter(pk for pk, _said in given)
    if set(times) != set(task.completion_ids) or max(times.values()) > 1:
        raise unfit(field, _("Each text of the task needs one judgment."))
    said = dict(given)
    if any(
        said[pk] != said[twin] for pk, twin in zip(task.completion_ids, task.twins, strict=True)
    ):
        raise unfit(field, _("The same text has two judgments: give it one."))


def both(one: Annotation, other: Annotation, field: str) -> list[tuple[dict[str, Any], ...]]:
    """The rows of two answers to one task, text by text; texts that are the same come once."""
    first = {c.text: c.pk for c in sorted(one.task.completions.all(), key=lambda each: -each.pk)}
    sides = [{row["completion"]: row for row in given.body[field]} for given in (one, other)]
    return [tuple(side[pk] for side in sides) for pk in sorted(first.values())]


def by_ids(body: dict[str, Any], field: str, ids: dict[str, list[int]]) -> dict[str, Any]:
    """Rows of a file, which name texts, as rows of the ids that have them.

    What is of another form is left to the body's type. BadInputError for a text that is not there.
    """
    rows = body.get(field)
    if not isinstance(rows, list) or not all(_names_a_text(row) for row in rows):
        return body
    found = [{**row, "completion": pk} for row in rows for pk in ids_of([row["completion"]], ids)]
    return {**body, field: found}


def _names_a_text(row: object) -> bool:
    return isinstance(row, dict) and isinstance(row.get("completion"), str)
