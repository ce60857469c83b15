"""What leaves of a ranking: its strict pairs, and the whole ranking as it was given."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from labeling.datasets import PREFERENCES, AnnotationRecord, Dataset, Exports, Row, strict_pairs

RANKINGS = Dataset(
    name="rankings",
    label=_("Rankings"),
    note=_("Each ranking as it was given: tiers with ties, the order that was shown, who ranked."),
    columns={
        # Tier 1 is the best, equal tiers are ties, the unacceptable ones share the last tier;
        # shown_at is the place on the annotator's page, from 1.
        "completions": [
            {
                "id": int,
                "text": str,
                "tier": int,
                "acceptable": bool,
                "shown_at": int,
                "finish_reason": str,
                "model": str,
            }
        ],
        "tiers": [[int]],
        "guideline_version": int,
        "active_seconds": int,
    },
)


def preferences(annotation: AnnotationRecord) -> Iterator[Row]:
    """One row for each two completions in different tiers."""
    tier_of = _tier_of(_tiers(annotation))
    return strict_pairs(annotation, [(tier_of[c.id], c.text) for c in annotation.completions])


def rankings(annotation: AnnotationRecord) -> Iterator[Row]:
    """One row."""
    tiers = _tiers(annotation)
    tier_of = _tier_of(tiers)
    unacceptable = annotation.body["unacceptable"]
    shown_at = {pk: place for place, pk in enumerate(annotation.shown_order, 1)}
    yield {
        "completions": [
            {
                "id": completion.id,
                "text": completion.text,
                "tier": tier_of[completion.id],
                "acceptable": completion.id not in unacceptable,
                "shown_at": shown_at.get(completion.id, 0),
                "finish_reason": completion.finish_reason,
                "model": completion.model,
            }
            for completion in annotation.completions
        ],
        "tiers": tiers,
        "guideline_version": annotation.guideline_version,
        "active_seconds": annotation.active_seconds,
    }


def _tiers(annotation: AnnotationRecord) -> list[list[int]]:
    body = annotation.body
    return [*body["tiers"], body["unacceptable"]] if body["unacceptable"] else body["tiers"]


def _tier_of(tiers: list[list[int]]) -> dict[int, int]:
    return {pk: tier for tier, pks in enumerate(tiers, 1) for pk in pks}


EXPORTS: Exports = {PREFERENCES: preferences, RANKINGS: rankings}
