"""What leaves of a grading: each text with all items, and the pairs of the order."""

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
from labeling.kinds.grading.body import FIELD, score, scores
from labeling.kinds.scored import tiers
from labeling.rubric_form import met_points

GRADINGS = Dataset(
    name="gradings",
    label=_("Gradings by rubric"),
    note=_(
        "A row for each text that was graded: which items of the prompt’s rubric it meets, and its"
        " score, the points of these over all points above 0."
    ),
    columns={
        "completion_id": int,
        "completion": str,
        "finish_reason": str,
        "model": str,
        "origin": str,  # model or human
        "shown_at": int,  # the place on the annotator's page, from 1
        "items": [{"text": str, "points": int, "met": bool}],
        "points": int,
        "score": float,
        "group_id": str,  # the texts of one annotator's answer share it
        "guideline_version": int,
        "active_seconds": int,  # of the whole answer
    },
)


def preferences(annotation: AnnotationRecord) -> Iterator[Row]:
    """One row for each two completions of which one has the better score."""
    found = scores(annotation.body, list(annotation.prompt.rubric), annotation.settings)
    tier_of = {pk: tier for tier, pks in enumerate(tiers(found), 1) for pk in pks}
    judged = [
        Judged(tier_of[c.id], c.text, c.origin) for c in annotation.completions if c.id in tier_of
    ]
    return strict_pairs(annotation, judged)


def gradings(annotation: AnnotationRecord) -> Iterator[Row]:
    """One row for each completion."""
    shown_at = {pk: place for place, pk in enumerate(annotation.shown_order, 1)}
    of = {one["completion"]: one["met"] for one in annotation.body[FIELD]}
    items = list(annotation.prompt.rubric)
    for completion in annotation.completions:
        met = of[completion.id]
        yield {
            "completion_id": completion.id,
            "completion": completion.text,
            "finish_reason": completion.finish_reason,
            "model": completion.model,
            "origin": completion.origin,
            "shown_at": shown_at.get(completion.id, 0),
            "items": [
                {"text": item["text"], "points": item["points"], "met": is_met}
                for item, is_met in zip(items, met, strict=True)
            ],
            "points": met_points(items, met),
            "score": score(items, met),
            "group_id": f"{annotation.kind}-{annotation.id}",
            "guideline_version": annotation.guideline_version,
            "active_seconds": annotation.active_seconds,
        }


EXPORTS: Exports = {PREFERENCES: preferences, GRADINGS: gradings}
