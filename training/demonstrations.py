"""Demonstrations as token ids."""

from collections.abc import Sequence

from training.chat import Chat
from training.folder import Row

Encoded = tuple[list[int], list[int]]  # a prompt and a text


def encode_demonstrations(rows: Sequence[Row], chat: Chat, *, max_tokens: int) -> list[Encoded]:
    """Those that the template takes and that are not too long, as prompt and text."""
    encoded = [
        (chat.prompt(row["messages"]), chat.completion(row["completion"], finished=True))
        for row in rows
        if chat.takes(row["messages"])
    ]
    return [(prompt, text) for prompt, text in encoded if len(prompt) + len(text) <= max_tokens]
