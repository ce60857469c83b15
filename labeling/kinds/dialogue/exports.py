"""What leaves of a dialogue: the pair of each turn that prefers one, and the whole of it."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from labeling.datasets import (
    MESSAGES,
    MODEL,
    PREFERENCES,
    THEN,
    AnnotationRecord,
    Dataset,
    Exports,
    Judged,
    Row,
    strict_pairs,
)
from labeling.exchanges import before, kept, then
from labeling.unpaired import UNPAIRED, best_and_last, unpaired

DIALOGUES = Dataset(
    name="dialogues",
    label=_("Dialogues"),
    note=_(
        "Each live conversation as it was held: “messages” is the conversation that came about, "
        "“turns” has both replies of each turn, which stood first, and which was better by how "
        "much. The round’s model wrote them."
    ),
    columns={
        "messages": MESSAGES,  # after the prompt
        "turns": [
            {
                "message": str,  # of the annotator; empty in the first turn: the prompt
                # shown_at is 1 for the left reply, 2 for the right one.
                "replies": [{"text": str, "shown_at": int, "finish_reason": str, "model": str}],
                # -3 (the first is much better) to 3 (the second is); 0 is a tie.
                "preference": int,
                "both_bad": bool,
                "kept": int,  # counted from 1: the reply from which it went on
            }
        ],
    },
)


def preferences(annotation: AnnotationRecord) -> Iterator[Row]:
    """One row for each turn that prefers a reply; the tiers are as far apart as it is strong."""
    turns = annotation.body["turns"]
    for number, turn in enumerate(turns):
        judged = _judged(turn, annotation.writer(number))
        for row in strict_pairs(annotation, judged, turn=number + 1):
            yield {**row, THEN: before(turns, number)}


def desirable(annotation: AnnotationRecord) -> Iterator[Row]:
    """Of each turn the better reply is, the other is not; neither where both are bad."""
    turns = annotation.body["turns"]
    for number, turn in enumerate(turns):
        judged = _judged(turn, annotation.writer(number))
        said = [(r, False) for r in judged] if turn["both_bad"] else best_and_last(judged)
        for row in unpaired(annotation, said, turn=number + 1):
            yield {**row, THEN: before(turns, number)}


def _judged(turn: Mapping[str, Any], model: str) -> list[Judged]:
    worse = 1 + turn["strength"]
    return [
        Judged(1 if number == turn["better"] else worse, reply["text"], MODEL, model)
        for number, reply in enumerate(turn["replies"])
    ]


def dialogues(annotation: AnnotationRecord) -> Iterator[Row]:
    """One row."""
    turns = annotation.body["turns"]
    yield {
        "messages": then(turns),
        "turns": [
            {
                "message": turn["message"],
                "replies": [
                    {
                        "text": reply["text"],
                        "shown_at": 1 if number == turn["first"] else 2,
                        "finish_reason": reply["finish_reason"],
                        "model": annotation.writer(place),
                    }
                    for number, reply in enumerate(turn["replies"])
                ],
                "preference": (1 if turn["better"] else -1) * turn["strength"],
                "both_bad": turn["both_bad"],
                "kept": kept(turn) + 1,
            }
            for place, turn in enumerate(turns)
        ],
    }


EXPORTS: Exports = {PREFERENCES: preferences, UNPAIRED: desirable, DIALOGUES: dialogues}
