"""What checks look at, of whatever format it came in."""

from dataclasses import dataclass
from typing import Protocol


class Asked(Protocol):
    """What a line says. line: its place in the file; texts: all of its texts, joined."""

    @property
    def line(self) -> int: ...

    @property
    def texts(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Said:
    """All that one line says: see Asked."""

    line: int
    texts: str


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two texts for a prompt, and which was preferred. asked: the same for the same prompt."""

    line: int
    asked: str
    chosen: str
    rejected: str
