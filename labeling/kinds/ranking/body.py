"""What a ranking is."""

import unicodedata
from collections import Counter
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import Field

from core.errors import BadInputError
from labeling.kinds.base import Body
from labeling.models import Annotation, Assignment, Completion, Task

LETTERS = "ABCDEFGHI"


class RankingBody(Body):
    """Completion ids in tiers, best first; those in one tier are tied."""

    tiers: list[list[int]] = Field(max_length=9)
    unacceptable: list[int]


def check(task: Task, body: RankingBody) -> None:
    """BadInputError unless each completion of the task has exactly one place."""
    if any(not tier for tier in body.tiers):
        raise _wrong("tiers", _("A tier is empty."))
    given = Counter(pk for tier in [*body.tiers, body.unacceptable] for pk in tier)
    if twice := [pk for pk, count in given.items() if count > 1]:
        raise _wrong("tiers", _("Completion %(id)s has two places.") % {"id": twice[0]})
    asked = set(task.completions.values_list("pk", flat=True))
    if foreign := sorted(given.keys() - asked):
        raise _wrong(
            "tiers", _("Completion %(id)s does not belong to the task.") % {"id": foreign[0]}
        )
    if missing := len(asked - given.keys()):
        text = ngettext(
            "One completion has no place yet.",
            "%(count)s completions have no place yet.",
            missing,
        )
        raise _wrong("tiers", text % {"count": missing})


def _wrong(field: str, message: str) -> BadInputError:
    return BadInputError(
        _("The answer does not have the form of this task."), errors={field: message}
    )


def columns(order: list[int], found: dict[int, Completion]) -> list[dict[str, Any]]:
    """The texts in the order of one annotator, each with its letter; equal texts are one column."""
    by_text: dict[str, dict[str, Any]] = {}
    for pk in order:
        key = " ".join(unicodedata.normalize("NFC", found[pk].text).split())
        letter = LETTERS[len(by_text)]
        column = by_text.setdefault(key, {"letter": letter, "completion": found[pk], "ids": []})
        column["ids"].append(pk)
    return list(by_text.values())


def context(assignment: Assignment) -> dict[str, Any]:
    """The columns, and the ranks that they can have."""
    shown = columns(assignment.shown_order, Completion.objects.in_bulk(assignment.shown_order))
    return {"columns": shown, "ranks": range(1, len(shown) + 1)}


def summary(annotation: Annotation) -> str:
    """The order by the letters that the annotator saw, as in "B > A = D · C unacceptable"."""
    found = {completion.pk: completion for completion in annotation.task.completions.all()}
    shown = columns(annotation.shown_order, found)
    letters = {pk: column["letter"] for column in shown for pk in column["ids"]}
    body = annotation.body

    def named(pks: list[int]) -> list[str]:
        return sorted({letters[pk] for pk in pks})

    parts = [" > ".join(" = ".join(named(tier)) for tier in body["tiers"])]
    if body["unacceptable"]:
        bad = ", ".join(named(body["unacceptable"]))
        parts.append(_("%(letters)s unacceptable") % {"letters": bad})
    return " · ".join(part for part in parts if part)
