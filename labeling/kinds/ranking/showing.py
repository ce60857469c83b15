"""How a ranking is shown: letters for the texts, to those who rank and in lists."""

from typing import Any

from django.utils.translation import gettext as _

from labeling.kinds.base import Wrote
from labeling.kinds.texts import LONGEST
from labeling.models import Annotation, Assignment, Completion

LETTERS = "ABCDEFGHI"
MANY = 6  # texts, from which on sorting tires


def columns(order: list[int], found: dict[int, Completion]) -> list[dict[str, Any]]:
    """The texts in the order of one annotator, each with its letter; same texts are one column."""
    by_text: dict[str, dict[str, Any]] = {}
    for pk in order:
        letter = LETTERS[len(by_text)]
        column: dict[str, Any] = {"letter": letter, "completion": found[pk], "ids": []}
        column = by_text.setdefault(found[pk].text, column)
        column["ids"].append(pk)
    return list(by_text.values())


def context(assignment: Assignment, *, may_write: bool) -> dict[str, Any]:
    """The columns, the ranks that they can have, and what else the page offers.

    asks: to place texts by questions, where sorting them at once would tire. may_write: a text of
    one's own, of at most `longest` characters.
    """
    shown = columns(assignment.shown_order, Completion.objects.in_bulk(assignment.shown_order))
    return {
        "columns": shown,
        "ranks": range(1, len(shown) + 1),
        "asks": len(shown) >= MANY,
        "may_write": may_write,
        "longest": LONGEST,
    }


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


def written(annotation: Annotation) -> Wrote | None:
    """The annotator's own text, where none was good enough."""
    found = annotation.body.get("written")
    if not found:
        return None
    texts = {completion.pk: completion.text for completion in annotation.task.completions.all()}
    original = texts.get(found["original"])
    return Wrote(text=found["text"], original=original, whole=False)


def summary(annotation: Annotation) -> str:
    """The order by the letters that the annotator saw, as in "B > A = D · C unacceptable".

    A text of their own stands among them: "B edited > B > A", "own text = B > A".
    """
    letters = {pk: column["letter"] for column in seen(annotation) for pk in column["ids"]}
    body = annotation.body

    def named(pks: list[int]) -> list[str]:
        return sorted({letters[pk] for pk in pks})

    tiers = [named(tier) for tier in body["tiers"]]
    if own := body.get("written"):
        name = _("own text")
        if own["original"] is not None:
            name = _("%(letter)s edited") % {"letter": letters[own["original"]]}
        tiers[:1] = [[name, *tiers[0]]] if own["tied"] else [[name], *tiers[:1]]
    parts = [" > ".join(" = ".join(tier) for tier in tiers)]
    if body["unacceptable"]:
        bad = ", ".join(named(body["unacceptable"]))
        parts.append(_("%(letters)s unacceptable") % {"letters": bad})
    return " · ".join(part for part in parts if part)
