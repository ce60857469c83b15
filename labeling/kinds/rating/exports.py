"""What leaves of a rating: each text with all its criteria by name, and the pairs of its order."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from labeling.datasets import PREFERENCES, AnnotationRecord, Dataset, Exports, Row
from labeling.kinds import text_by_text
from labeling.kinds.rating.body import FIELD, scores
from labeling.kinds.text_by_text import ANSWER, TEXT, each_text
from labeling.unpaired import UNPAIRED

RATINGS = Dataset(
    name="ratings",
    label=_("Ratings"),
    note=_(
        "A row for each text that was rated: the number of each scale (1 to 7) and each flag"
        " (1 set, 0 not), by name and in the words that the annotator read."
    ),
    columns={
        **TEXT,
        "criteria": [{"name": str, "label": str, "form": str, "value": int}],
        **ANSWER,
    },
)


def preferences(annotation: AnnotationRecord) -> Iterator[Row]:
    """One row for each two completions of which one has the better score."""
    return text_by_text.preferences(annotation, scores(annotation.body, annotation.settings))


def desirable(annotation: AnnotationRecord) -> Iterator[Row]:
    """The best score is, the lowest is not."""
    return text_by_text.desirable(annotation, scores(annotation.body, annotation.settings))


def ratings(annotation: AnnotationRecord) -> Iterator[Row]:
    """One row for each completion."""

    def said(one: dict[str, Any]) -> Row:
        criteria = [
            {
                "name": each.name,
                "label": each.label,
                "form": each.form,
                "value": one["scales"].get(each.name, int(each.name in one["flags"])),
            }
            for each in annotation.settings.criteria
        ]
        return {"criteria": criteria}

    return each_text(annotation, FIELD, said)


EXPORTS: Exports = {PREFERENCES: preferences, UNPAIRED: desirable, RATINGS: ratings}
