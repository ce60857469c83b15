"""The language of each row of a file: what the file says, else what its last message is in."""

from collections.abc import Sequence
from typing import Protocol

from labeling.health.texts import UNSURE, Text, look_through


class Row(Protocol):
    """A prompt as far as its language is asked; language: "" where the file does not say."""

    @property
    def language(self) -> str: ...

    @property
    def last_text(self) -> str: ...


def languages_of(rows: Sequence[Row]) -> list[str]:
    """The language of each, UNSURE where nothing tells it."""
    texts = [Text(text=row.last_text, is_tagged=not row.language) for row in rows]
    told = look_through(texts)
    found = [each.language for each in told] if told else [UNSURE] * len(rows)
    return [row.language or language for row, language in zip(rows, found, strict=True)]


def guess_language(text: str) -> str:
    """zh for text with a good share of Chinese characters, en otherwise.

    For one text that a person sends, where a process to tell it would keep them waiting.
    """
    chinese = sum("\u4e00" <= character <= "\u9fff" for character in text)
    return "zh" if chinese * 4 >= len(text.replace(" ", "")) > 0 else "en"
