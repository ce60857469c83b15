"""Demonstrations as token ids and labels."""

from collections import defaultdict

from training.chat import Chat
from training.contract.said import say
from training.folder import JobFolder, Row
from training.prompts import REFUSED, TOO_LONG, Dropped, named
from training.sft.packing import IGNORED
from training.sft.spec import SFTSpec


def read_examples(
    folder: JobFolder, name: str, spec: SFTSpec, chat: Chat
) -> tuple[list[Row], Dropped]:
    """Examples, and those that cannot be used: too long (the tail holds the EOS, so it is not cut),
    or with turns that the chat template refuses.
    """
    found: list[Row] = []
    dropped: defaultdict[str, list[int]] = defaultdict(list)
    for row in folder.read_table(spec, name):
        if not chat.takes(row["messages"]):
            dropped[REFUSED].append(row["prompt_id"])
            continue
        example = to_example(
            chat.prompt(row["messages"]), chat.completion(row["completion"], finished=True)
        )
        if len(example["input_ids"]) > spec.max_tokens:
            dropped[TOO_LONG].append(row["prompt_id"])
        else:
            found.append(example)
    said = {
        REFUSED: say("have turns that the model's chat template refuses"),
        TOO_LONG: say("have over {n} tokens", n=spec.max_tokens),
    }
    for reason, ids in dropped.items():
        folder.warn(
            say(
                "{name}: {n} demonstrations {reason}, left out; prompts {ids}",
                name=name,
                n=len(ids),
                reason=said[reason],
                ids=named(ids),
            )
        )
    return found, dict(dropped)


def to_example(prompt: list[int], completion: list[int]) -> Row:
    """Labels from lengths: only the completion, EOS included, is in the loss."""
    return {
        "input_ids": prompt + completion,
        "labels": [IGNORED] * len(prompt) + completion,
    }
