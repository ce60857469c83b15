"""What leaves of answers to rules: each text with all of them, and the pairs of an order."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from labeling.datasets import PREFERENCES, AnnotationRecord, Dataset, Exports, Judged, Row
from labeling.kinds import text_by_text
from labeling.kinds.rules.body import BROKEN, FIELD, UNSURE, scores
from labeling.kinds.text_by_text import ANSWER, TEXT, each_text
from labeling.unpaired import UNPAIRED, unpaired

RULE_ANSWERS = Dataset(
    name="rule_answers",
    label=_("Answers to rules"),
    note=_(
        "A row for each text that was judged: whether it follows or breaks each rule, or the"
        " annotator was unsure, by name and in the words that they read."
    ),
    columns={
        **TEXT,
        "rules": [{"name": str, "text": str, "answer": str}],
        "broken": int,  # rules
        "unsure": int,
        **ANSWER,
    },
)


def preferences(annotation: AnnotationRecord) -> Iterator[Row]:
    """One row for each two completions of which one breaks fewer rules."""
    return text_by_text.preferences(annotation, scores(annotation.body, annotation.settings))


def desirable(annotation: AnnotationRecord) -> Iterator[Row]:
    """What follows all rules is, what breaks one is not; where it was unsure nobody knows."""
    answers = {one["completion"]: set(one["answers"].values()) for one in annotation.body[FIELD]}
    said = [
        (Judged(1, c.text, c.origin, c.model), BROKEN not in answers[c.id])
        for c in annotation.completions
        if BROKEN in answers[c.id] or UNSURE not in answers[c.id]
    ]
    return unpaired(annotation, said)


def rule_answers(annotation: AnnotationRecord) -> Iterator[Row]:
    """One row for each completion."""

    def said(one: dict[str, Any]) -> Row:
        answers = one["answers"]
        given = list(answers.values())
        return {
            "rules": [
                {"name": rule.name, "text": rule.text, "answer": answers[rule.name]}
                for rule in annotation.settings.rules
            ],
            "broken": given.count(BROKEN),
            "unsure": given.count(UNSURE),
        }

    return each_text(annotation, FIELD, said)


EXPORTS: Exports = {
    PREFERENCES: preferences,
    UNPAIRED: desirable,
    RULE_ANSWERS: rule_answers,
}
