"""Which rows of a table a model can take: one that it cannot never fails the job."""

from collections import defaultdict
from collections.abc import Sequence

from training.chat import Chat
from training.contract.said import say
from training.errors import BadInputError
from training.folder import JobFolder, Row

# Why a row is left out.
TOO_LONG = "too_long"  # it leaves no room for a whole completion
REFUSED = "refused"  # the chat template takes no such turns
Dropped = dict[str, list[int]]  # reason -> the prompt's id of each row

NONE = say("none")
SAID = {
    TOO_LONG: say("leave no room for a completion in the model's context"),
    REFUSED: say("have turns that the model's chat template refuses"),
}


def fitting(
    folder: JobFolder, prompts: Sequence[Row], chat: Chat, *, room: int
) -> tuple[list[Row], Dropped]:
    """The prompts with their `ids`, of at most `room` tokens, and those that are left out."""
    found: list[Row] = []
    dropped: defaultdict[str, list[int]] = defaultdict(list)
    for prompt in prompts:
        try:
            ids = chat.prompt(prompt["messages"])
        except BadInputError:
            dropped[REFUSED].append(prompt["prompt_id"])
            continue
        if len(ids) <= room:
            found.append(prompt | {"ids": ids})
        else:
            dropped[TOO_LONG].append(prompt["prompt_id"])
    for reason, left_out in dropped.items():
        folder.warn(
            say(
                "{n} prompts {reason}, left out: {ids}",
                n=len(left_out),
                reason=SAID[reason],
                ids=named(left_out),
            )
        )
    return found, dict(dropped)


def named(ids: Sequence[int]) -> str:
    """The first of them, for the log."""
    return ", ".join(map(str, ids[:10])) + (" …" if len(ids) > 10 else "")


def counts_of(dropped: Dropped) -> dict[str, int]:
    """How many rows, by reason."""
    return {reason: len(ids) for reason, ids in dropped.items()}


def together(*parts: Dropped) -> Dropped:
    """What was left out of several tables."""
    reasons = dict.fromkeys(reason for part in parts for reason in part)
    return {reason: [pk for part in parts for pk in part.get(reason, [])] for reason in reasons}
