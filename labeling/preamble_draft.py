"""What stands before a project's prompts, while it is written: rearranged without a script."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from labeling.models import Preamble
from labeling.preambles import MOST_EXEMPLARS, Exemplar

_LINE_END = re.compile(r"\r\n?")  # browsers send all line ends as CR LF
_ACT = re.compile(r"(up|down|remove)-([0-9]{1,2})")


@dataclass
class PreambleDraft:
    """What stands in the fields. at: the exemplar that was moved last, whose button has the focus.

    errors: by the name of a field, `system`, or by the number of an exemplar.
    """

    system: str = ""
    exemplars: list[Exemplar] = field(default_factory=list)
    at: int | None = None
    errors: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, preamble: Preamble | None) -> Self:
        """That of a version."""
        return cls(preamble.system, preamble.exemplars) if preamble else cls()

    @classmethod
    def read(cls, sent: Mapping[str, str]) -> Self:
        """What was sent; exemplars are counted from 0, and end where one is missing."""
        found: list[Exemplar] = []
        while len(found) <= MOST_EXEMPLARS and f"user-{len(found)}" in sent:
            number = len(found)
            found.append((_text(sent, f"user-{number}"), _text(sent, f"assistant-{number}")))
        return cls(_text(sent, "system"), found)

    def act(self, act: str) -> None:
        """Add an exemplar, or move or remove one: `add`, `up-1`, `down-1`, `remove-1`."""
        if act == "add" and len(self.exemplars) < MOST_EXEMPLARS:
            self.exemplars.append(("", ""))
            self.at = len(self.exemplars) - 1
        if (asked := _ACT.fullmatch(act)) is None:
            return
        verb, number = asked[1], int(asked[2])
        if number >= len(self.exemplars):
            return
        moved = self.exemplars.pop(number)
        if verb != "remove":
            number = max(0, number + (1 if verb == "down" else -1))
            self.exemplars.insert(number, moved)
            self.at = min(number, len(self.exemplars) - 1)

    @property
    def rows(self) -> list[dict[str, object]]:
        """The exemplars as the page shows them."""
        last = len(self.exemplars) - 1
        return [
            {
                "number": number,
                "user": asked,
                "assistant": answer,
                "is_first": number == 0,
                "is_last": number == last,
                "is_at": number == self.at,
                "error": self.errors.get(str(number), ""),
            }
            for number, (asked, answer) in enumerate(self.exemplars)
        ]

    @property
    def may_add(self) -> bool:
        """Whether one more fits."""
        return len(self.exemplars) < MOST_EXEMPLARS

    @property
    def system_error(self) -> str:
        """What is wrong with the system prompt."""
        return self.errors.get("system", "")


def _text(sent: Mapping[str, str], name: str) -> str:
    return _LINE_END.sub("\n", sent.get(name, ""))
