"""What leaves of a ranking: its strict pairs, and the whole ranking as it was given."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from labeling.datasets import (
    DEMONSTRATIONS,
    HUMAN,
    PREFERENCES,
    AnnotationRecord,
    Dataset,
    Exports,
    Judged,
    Row,
    assistant,
    strict_pairs,
)
from labeling.unpaired import UNPAIRED, best_and_last, unpaired
from training.contract.tables import STOP

RANKINGS = Dataset(
    name="rankings",
    label=_("Rankings"),
    note=_("Each ranking as it was given: tiers with ties, the order that was shown, who ranked."),
    columns={
        # Tier 1 is the best, equal tiers are ties, the unacceptable ones share the last tier;
        # shown_at is the place on the annotator's page, from 1. A text that the annotator wrote, as
        # none was good enough, comes last: id, shown_at and model are 0, 0 and "". origin is model
        # or human: others of the texts may be people's too, which the annotator was not told.
        "completions": [
            {
                "id": int,
                "text": str,
                "tier": int,
                "acceptable": bool,
                "shown_at": int,
                "finish_reason": str,
                "model": str,
                "origin": str,
            }
        ],
        "tiers": [[int]],
        "edited_from": int,  # the completion that the annotator's own text edits; 0: none
    },
)


OWN = 0  # in the place of an id: no completion has it


def demonstrations(annotation: AnnotationRecord) -> Iterator[Row]:
    """The annotator's own text, where there is one."""
    if written := annotation.body.get("written"):
        yield {"completion": assistant(written["text"]), "model": ""}


def preferences(annotation: AnnotationRecord) -> Iterator[Row]:
    """One row for each two texts in different tiers."""
    return strict_pairs(annotation, _judged(annotation))


def desirable(annotation: AnnotationRecord) -> Iterator[Row]:
    """The best tier is, the last is not; where all are unacceptable, none is."""
    judged = _judged(annotation)
    if not annotation.body["tiers"] and not annotation.body.get("written"):
        return unpaired(annotation, [(text, False) for text in judged])
    if len(judged) == 1:  # as files hold them: somebody called it good
        return unpaired(annotation, [(judged[0], True)])
    return unpaired(annotation, best_and_last(judged))


def _judged(annotation: AnnotationRecord) -> list[Judged]:
    tier_of = _tier_of(_tiers(annotation))
    texts = [Judged(tier_of[c.id], c.text, c.origin, c.model) for c in annotation.completions]
    if written := annotation.body.get("written"):
        texts.append(Judged(tier_of[OWN], written["text"], HUMAN))
    return texts


def rankings(annotation: AnnotationRecord) -> Iterator[Row]:
    """One row."""
    tiers = _tiers(annotation)
    tier_of = _tier_of(tiers)
    unacceptable = annotation.body["unacceptable"]
    shown_at = {pk: place for place, pk in enumerate(annotation.shown_order, 1)}
    texts = [
        {
            "id": completion.id,
            "text": completion.text,
            "tier": tier_of[completion.id],
            "acceptable": completion.id not in unacceptable,
            "shown_at": shown_at.get(completion.id, 0),
            "finish_reason": completion.finish_reason,
            "model": completion.model,
            "origin": completion.origin,
        }
        for completion in annotation.completions
    ]
    written = annotation.body.get("written")
    if written:
        own = {"id": OWN, "text": written["text"], "tier": tier_of[OWN], "acceptable": True}
        own |= {"shown_at": 0, "finish_reason": STOP, "model": "", "origin": HUMAN}
        texts.append(own)
    yield {
        "completions": texts,
        "tiers": tiers,
        "edited_from": (written or {}).get("original") or 0,
    }


def _tiers(annotation: AnnotationRecord) -> list[list[int]]:
    body = annotation.body
    tiers = [*body["tiers"], body["unacceptable"]] if body["unacceptable"] else body["tiers"]
    match body.get("written"):
        case None:
            return tiers
        case {"tied": True}:
            return [[*tiers[0], OWN], *tiers[1:]]
        case _:
            return [[OWN], *tiers]


def _tier_of(tiers: list[list[int]]) -> dict[int, int]:
    return {pk: tier for tier, pks in enumerate(tiers, 1) for pk in pks}


EXPORTS: Exports = {
    PREFERENCES: preferences,
    UNPAIRED: desirable,
    RANKINGS: rankings,
    DEMONSTRATIONS: demonstrations,
}
