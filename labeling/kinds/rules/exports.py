"""What leaves of answers to rules: each text with all of them, and the pairs of an order."""

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
from labeling.kinds.rules.body import BROKEN, FIELD, UNSURE, scores
from labeling.kinds.scored import tiers

RULE_ANSWERS = Dataset(
    name="rule_answers",
    label=_("Answers to rules"),
    note=_(
        "A row for each text that was judged: whether it follows or breaks each rule, or the"
        " annotator was unsure, by name and in the words that they read."
    ),
    columns={
        "completion_id": int,
        "completion": str,
        "finish_reason": str,
        "model": str,
        "origin": str,  # model or human
        "shown_at": int,  # the place on the annotator's page, from 1
        "rules": [{"name": str, "text": str, "answer": str}],
        "broken": int,  # rules
        "unsure": int,
        "group_id": str,  # the texts of one annotator's answer share it
        "guideline_version": int,
        "active_seconds": int,  # of the whole answer
    },
)


def preferences(annotation: AnnotationRecord) -> Iterator[Row]:
    """One row for each two completions of which one breaks fewer rules."""
    ordered = tiers(scores(annotation.body, annotation.settings))
    tier_of = {pk: tier for tier, pks in enumerate(ordered, 1) for pk in pks}
    judged = [
        Judged(tier_of[c.id], c.text, c.origin) for c in annotation.completions if c.id in tier_of
    ]
    return strict_pairs(annotation, judged)


def rule_answers(annotation: AnnotationRecord) -> Iterator[Row]:
    """One row for each completion."""
    shown_at = {pk: place for place, pk in enumerate(annotation.shown_order, 1)}
    of = {one["completion"]: one["answers"] for one in annotation.body[FIELD]}
    for completion in annotation.completions:
        answers = of[completion.id]
        said = list(answers.values())
        yield {
            "completion_id": completion.id,
            "completion": completion.text,
            "finish_reason": completion.finish_reason,
            "model": completion.model,
            "origin": completion.origin,
            "shown_at": shown_at.get(completion.id, 0),
            "rules": [
                {"name": rule.name, "text": rule.text, "answer": answers[rule.name]}
                for rule in annotation.settings.rules
            ],
            "broken": said.count(BROKEN),
            "unsure": said.count(UNSURE),
            "group_id": f"{annotation.kind}-{annotation.id}",
            "guideline_version": annotation.guideline_version,
            "active_seconds": annotation.active_seconds,
        }


EXPORTS: Exports = {PREFERENCES: preferences, RULE_ANSWERS: rule_answers}
