"""What leaves of a rating: each text with all its criteria by name, and the pairs of its order."""

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
from labeling.kinds.rating.body import scores
from labeling.kinds.scored import tiers

RATINGS = Dataset(
    name="ratings",
    label=_("Ratings"),
    note=_(
        "A row for each text that was rated: the number of each scale (1 to 7) and each flag"
        " (1 set, 0 not), by name and in the words that the annotator read."
    ),
    columns={
        "completion_id": int,
        "completion": str,
        "finish_reason": str,
        "model": str,
        "origin": str,  # model or human
        "shown_at": int,  # the place on the annotator's page, from 1
        "criteria": [{"name": str, "label": str, "form": str, "value": int}],
        "group_id": str,  # the texts of one annotator's answer share it
        "guideline_version": int,
        "active_seconds": int,  # of the whole answer
    },
)


def preferences(annotation: AnnotationRecord) -> Iterator[Row]:
    """One row for each two completions of which one has the better score."""
    ordered = tiers(scores(annotation.body, annotation.settings))
    tier_of = {pk: tier for tier, pks in enumerate(ordered, 1) for pk in pks}
    judged = [
        Judged(tier_of[c.id], c.text, c.origin) for c in annotation.completions if c.id in tier_of
    ]
    return strict_pairs(annotation, judged)


def ratings(annotation: AnnotationRecord) -> Iterator[Row]:
    """One row for each completion."""
    shown_at = {pk: place for place, pk in enumerate(annotation.shown_order, 1)}
    of = {one["completion"]: one for one in annotation.body["ratings"]}
    for completion in annotation.completions:
        one = of[completion.id]
        yield {
            "completion_id": completion.id,
            "completion": completion.text,
            "finish_reason": completion.finish_reason,
            "model": completion.model,
            "origin": completion.origin,
            "shown_at": shown_at.get(completion.id, 0),
            "criteria": [
                {
                    "name": each.name,
                    "label": each.label,
                    "form": each.form,
                    "value": one["scales"].get(each.name, int(each.name in one["flags"])),
                }
                for each in annotation.settings.criteria
            ],
            "group_id": f"{annotation.kind}-{annotation.id}",
            "guideline_version": annotation.guideline_version,
            "active_seconds": annotation.active_seconds,
        }


EXPORTS: Exports = {PREFERENCES: preferences, RATINGS: ratings}
