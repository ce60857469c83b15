"""What leaves of a comparison: its strict pair, and the whole answer as it was given."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from labeling.datasets import (
    PREFERENCES,
    AnnotationRecord,
    Dataset,
    Exports,
    Judged,
    Row,
    strict_pairs,
)
from labeling.unpaired import UNPAIRED, best_and_last, unpaired

COMPARISONS = Dataset(
    name="comparisons",
    label=_("Comparisons"),
    note=_(
        "Each comparison as it was given: two texts, the better one with a strength of 1 to 3, "
        "ties, “both bad”, and which side was shown first."
    ),
    columns={
        # shown_at is 1 for the left side, 2 for the right one; origin is model or human.
        "completions": [
            {
                "id": int,
                "text": str,
                "shown_at": int,
                "finish_reason": str,
                "model": str,
                "origin": str,
            }
        ],
        # -3 (the first is much better) to 3 (the second is); 0 is a tie.
        "preference": int,
        "both_bad": bool,
    },
)


def preferences(annotation: AnnotationRecord) -> Iterator[Row]:
    """One row, unless it is a tie; the tiers are as far apart as it is strong."""
    return strict_pairs(annotation, _judged(annotation))


def desirable(annotation: AnnotationRecord) -> Iterator[Row]:
    """The better one is, the other is not; neither where both are bad."""
    judged = _judged(annotation)
    if annotation.body["both_bad"]:
        return unpaired(annotation, [(text, False) for text in judged])
    return unpaired(annotation, best_and_last(judged))


def _judged(annotation: AnnotationRecord) -> list[Judged]:
    better, strength = annotation.body["better"], annotation.body["strength"]
    return [
        Judged(1 if c.id == better else 1 + strength, c.text, c.origin, c.model)
        for c in annotation.completions
    ]


def comparisons(annotation: AnnotationRecord) -> Iterator[Row]:
    """One row."""
    body = annotation.body
    shown_at = {pk: place for place, pk in enumerate(annotation.shown_order, 1)}
    sign = -1 if body["better"] == annotation.completions[0].id else 1
    yield {
        "completions": [
            {
                "id": completion.id,
                "text": completion.text,
                "shown_at": shown_at.get(completion.id, 0),
                "finish_reason": completion.finish_reason,
                "model": completion.model,
                "origin": completion.origin,
            }
            for completion in annotation.completions
        ],
        "preference": sign * body["strength"],
        "both_bad": body["both_bad"],
    }


EXPORTS: Exports = {
    PREFERENCES: preferences,
    UNPAIRED: desirable,
    COMPARISONS: comparisons,
}
