"""How a ranking is shown: letters for the texts, to those who rank and in lists."""

from typing import Any

from django.utils.translation import gettext as _

from labeling.models import Annotation, Assignment, Completion

LETTERS = "ABCDEFGHI"


def columns(order: list[int], found: dict[int, Completion]) -> list[dict[str, Any]]:
    """The texts in the order of one annotator, each with its letter; same texts are one column."""
    by_text: dict[str, dict[str, Any]] = {}
    for pk in order:
        letter = LETTERS[len(by_text)]
        column: dict[str, Any] = {"letter": letter, "completion": found[pk], "ids": []}
        column = by_text.setdefault(found[pk].text, column)
        column["ids"].append(pk)
    return list(by_text.values())


def context(assignment: Assignment) -> dict[str, Any]:
    """The columns, and the ranks that they can have."""
    shown = columns(assignment.shown_order, Completion.objects.in_bulk(assignment.shown_order))
    return {"columns": shown, "ranks": range(1, len(shown) + 1)}


def seen(annotation: Annotation) -> list[dict[str, Any]]:
    """The columns that the annotator saw."""
    found = {completion.pk: completion for completion in annotation.task.completions.all()}
    return columns(annotation.shown_order, found)


def pattern(annotation: Annotation) -> tuple[int, ...]:
    """The tier of each column, 0 the best, in the order of the page."""
    body = annotation.body
    tiers = [*body["tiers"], body["unacceptable"]]
    place = {pk: number for number, tier in enumerate(tiers) for pk in tier}
    return tuple(place[column["ids"][0]] for column in seen(annotation))


def summary(annotation: Annotation) -> str:
    """The order by the letters that the annotator saw, as in "B > A = D · C unacceptable"."""
    letters = {pk: column["letter"] for column in seen(annotation) for pk in column["ids"]}
    body = annotation.body

    def named(pks: list[int]) -> list[str]:
        return sorted({letters[pk] for pk in pks})

    parts = [" > ".join(" = ".join(named(tier)) for tier in body["tiers"])]
    if body["unacceptable"]:
        bad = ", ".join(named(body["unacceptable"]))
        parts.append(_("%(letters)s unacceptable") % {"letters": bad})
    return " · ".join(part for part in parts if part)
