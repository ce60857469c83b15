"""What leaves of a grading: each text with all items, and the pairs of the order."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from labeling.datasets import PREFERENCES, AnnotationRecord, Dataset, Exports, Row
from labeling.kinds import text_by_text
from labeling.kinds.grading.body import FIELD, score, scores
from labeling.kinds.text_by_text import ANSWER, TEXT, each_text
from labeling.rubric_form import met_points
from labeling.unpaired import UNPAIRED

GRADINGS = Dataset(
    name="gradings",
    label=_("Gradings by rubric"),
    note=_(
        "A row for each text that was graded: which items of the prompt’s rubric it meets, and its"
        " score, the points of these over all points above 0."
    ),
    columns={
        **TEXT,
        "items": [{"text": str, "points": int, "met": bool}],
        "points": int,
        "score": float,
        **ANSWER,
    },
)


def preferences(annotation: AnnotationRecord) -> Iterator[Row]:
    """One row for each two completions of which one has the better score."""
    found = scores(annotation.body, list(annotation.prompt.rubric), annotation.settings)
    return text_by_text.preferences(annotation, found)


def desirable(annotation: AnnotationRecord) -> Iterator[Row]:
    """The best score is, the lowest is not."""
    found = scores(annotation.body, list(annotation.prompt.rubric), annotation.settings)
    return text_by_text.desirable(annotation, found)


def gradings(annotation: AnnotationRecord) -> Iterator[Row]:
    """One row for each completion."""
    items = list(annotation.prompt.rubric)

    def said(one: dict[str, Any]) -> Row:
        met = one["met"]
        return {
            "items": [
                {"text": item["text"], "points": item["points"], "met": is_met}
                for item, is_met in zip(items, met, strict=True)
            ],
            "points": met_points(items, met),
            "score": score(items, met),
        }

    return each_text(annotation, FIELD, said)


EXPORTS: Exports = {PREFERENCES: preferences, UNPAIRED: desirable, GRADINGS: gradings}
