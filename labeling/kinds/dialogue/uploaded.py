"""Dialogues from files."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from core.errors import BadInputError
from labeling.datasets import Row
from labeling.exchanges import MOST_TURNS, STRONGEST
from labeling.formats.base import Label, Text
from labeling.kinds.dialogue.exports import DIALOGUES
from labeling.kinds.reading import Readers, Reads


def no_texts(row: Row) -> list[Text]:
    """None: the replies stand in the answer. BadInputError where that could be no answer."""
    if not 1 <= len(row["turns"]) <= MOST_TURNS:
        raise BadInputError(_("it must have 1 to %(most)s turns") % {"most": MOST_TURNS})
    if any(len(t["replies"]) != 2 or abs(t["preference"]) > STRONGEST for t in row["turns"]):
        raise BadInputError(_("a turn must have two replies, and a preference of -3 to 3"))
    return []


def of_rows(label: Label, ids: Sequence[int], settings: object) -> dict[str, Any]:
    """The body of a row of the dataset dialogues."""
    (row,) = label.rows
    return {"turns": [_turn(turn) for turn in row["turns"]]}


def _turn(turn: Row) -> dict[str, Any]:
    replies, preference = turn["replies"], turn["preference"]
    return {
        "message": turn["message"],
        "replies": [
            {"text": reply["text"], "finish_reason": reply["finish_reason"]} for reply in replies
        ],
        "first": int(replies[1]["shown_at"] == 1),
        "better": int(preference > 0) if preference else None,
        "strength": abs(preference),
        "both_bad": turn["both_bad"] and not preference,
    }


def about(row: Row) -> dict[str, Any]:
    """Which model replied in each turn, as `AnnotationRecord.writers` has it."""
    names = [next((reply["model"] for reply in turn["replies"]), "") for turn in row["turns"]]
    return {"writers": names} if any(names) else {}


READS: Readers = {DIALOGUES: Reads(texts=no_texts, body=of_rows, about=about)}
