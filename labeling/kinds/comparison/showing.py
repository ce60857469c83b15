"""How a comparison is shown: two sides, their letters, and the steps between them."""

from typing import Any

from django.utils.translation import gettext as _

from labeling.models import Annotation, Assignment, Completion

LETTERS = "AB"


def sides(order: list[int], found: dict[int, Completion]) -> list[dict[str, Any]]:
    """The two texts in the order of one annotator."""
    pairs = zip(LETTERS, order, strict=False)
    return [{"letter": letter, "completion": found[pk]} for letter, pk in pairs]


def context(assignment: Assignment) -> dict[str, Any]:
    """The two sides, and the steps from the one to the other, each with its key."""
    found = Completion.objects.in_bulk(assignment.shown_order)
    steps = [
        (-3, _("A much better")),
        (-2, _("A better")),
        (-1, _("A slightly better")),
        (0, _("Tie")),
        (1, _("B slightly better")),
        (2, _("B better")),
        (3, _("B much better")),
    ]
    return {
        "sides": sides(assignment.shown_order, found),
        "steps": [
            {"value": value, "label": label, "key": key}
            for key, (value, label) in enumerate(steps, 1)
        ],
    }


def seen(annotation: Annotation) -> list[dict[str, Any]]:
    """The sides that the annotator saw."""
    found = {completion.pk: completion for completion in annotation.task.completions.all()}
    return sides(annotation.shown_order, found)


def summary(annotation: Annotation) -> str:
    """By the letters that the annotator saw."""
    body = annotation.body
    if body["both_bad"]:
        return _("Both are bad")
    if body["better"] is None:
        return _("Tie")
    letter = LETTERS[annotation.shown_order.index(body["better"])]
    words = [_("%s is slightly better"), _("%s is better"), _("%s is much better")]
    return str(words[body["strength"] - 1] % letter)
