"""What leaves of a dialogue: the pair of each turn that prefers one, and the whole of it."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from labeling.datasets import (
    MESSAGES,
    MODEL,
    PREFERENCES,
    THEN,
    AnnotationRecord,
    Dataset,
    Exports,
    Row,
    assistant,
)
from labeling.exchanges import before, kept, then

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
                "replies": [{"text": str, "shown_at": int, "finish_reason": str}],
                # -3 (the first is much better) to 3 (the second is); 0 is a tie.
                "preference": int,
                "both_bad": bool,
                "kept": int,  # counted from 1: the reply from which it went on
            }
        ],
        "guideline_version": int,
        "active_seconds": int,
    },
)


def preferences(annotation: AnnotationRecord) -> Iterator[Row]:
    """One row for each turn that prefers a reply; the tiers are as far apart as it is strong."""
    turns = annotation.body["turns"]
    for number, turn in enumerate(turns):
        if (better := turn["better"]) is None:
            continue
        texts = [reply["text"] for reply in turn["replies"]]
        yield {
            "chosen": assistant(texts[better]),
            "rejected": assistant(texts[1 - better]),
            "group_id": f"{annotation.kind}-{annotation.id}-{number + 1}",
            "chosen_tier": 1,
            "rejected_tier": 1 + turn["strength"],
            "chosen_origin": MODEL,
            "rejected_origin": MODEL,
            THEN: before(turns, number),
        }


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
                    }
                    for number, reply in enumerate(turn["replies"])
                ],
                "preference": (1 if turn["better"] else -1) * turn["strength"],
                "both_bad": turn["both_bad"],
                "kept": kept(turn) + 1,
            }
            for turn in turns
        ],
        "guideline_version": annotation.guideline_version,
        "active_seconds": annotation.active_seconds,
    }


EXPORTS: Exports = {PREFERENCES: preferences, DIALOGUES: dialogues}
