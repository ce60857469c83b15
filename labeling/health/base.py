"""What a check is, and what it found: plain values, kept with an import as JSON."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SHOWN = 20  # places of a finding that are kept; the rest is counted
Item = TypeVar("Item")


class Check(Generic[Item]):
    """A question to the rows of a file. name: as it is kept; label: what is so of those found."""

    name: ClassVar[str]
    label: "ClassVar[_StrPromise]"

    def lines(self, items: Sequence[Item]) -> Iterable[int]:
        """The places of those of which it is so, in their order."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a check found in a file. lines: the first places, lines or rows."""

    check: str
    count: int
    lines: list[int]

    @classmethod
    def of(cls, check: str, lines: Iterable[int]) -> "Finding":
        """Of a check that found this at `lines`."""
        places = list(lines)
        return cls(check=check, count=len(places), lines=places[:SHOWN])

    def as_json(self) -> dict[str, Any]:
        """How an import keeps it."""
        return {"check": self.check, "count": self.count, "lines": self.lines}


def examined(checks: Iterable[Check[Item]], items: Sequence[Item]) -> list[Finding]:
    """What the checks found, without those that found nothing."""
    found = (Finding.of(check.name, check.lines(items)) for check in checks)
    return [finding for finding in found if finding.count]
