"""What a check is, and what it found: plain values, kept with an import as JSON."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SHOWN = 20  # places of a finding that are kept; the rest is counted
Item = TypeVar("Item")


class Check(Generic[Item]):
    """A question to the rows of a file. name: as it is kept; label: what is so of those found.

    needs: what is so of all of these, where that is seen much faster.
    """

    name: ClassVar[str]
    label: "ClassVar[_StrPromise]"
    needs: Callable[[Item], bool] | None = None

    def lines(self, items: Sequence[Item]) -> Iterable[int]:
        """The places of those of which it is so, in their order."""
        raise NotImplementedError

    def look(self) -> "Look[Item]":
        """The question put to a file part by part."""
        return Look(self)


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


class Look(Generic[Item]):
    """A check put to a file whose rows come in parts: each row is asked alone."""

    def __init__(self, check: Check[Item]) -> None:
        self._check = check
        self.needs = check.needs
        self._count = 0
        self._lines: list[int] = []

    def add(self, items: Sequence[Item]) -> None:
        """Put it to the next rows."""
        found = Finding.of(self._check.name, self._check.lines(items))
        self._count += found.count
        self._lines += found.lines[: SHOWN - len(self._lines)]

    @property
    def finding(self) -> Finding:
        """What it found so far."""
        return Finding(check=self._check.name, count=self._count, lines=list(self._lines))


def examined(checks: Iterable[Check[Item]], items: Sequence[Item]) -> list[Finding]:
    """What the checks found, without those that found nothing."""
    looks = [check.look() for check in checks]
    put(looks, items)
    return found(looks)


def put(looks: Iterable[Look[Item]], items: Sequence[Item]) -> None:
    """Put the next rows to all of them; what several need is looked for once."""
    having: dict[Callable[[Item], bool], list[Item]] = {}
    for look in looks:
        if look.needs is None:
            look.add(items)
            continue
        if look.needs not in having:
            having[look.needs] = [item for item in items if look.needs(item)]
        look.add(having[look.needs])


def found(looks: Iterable[Look[Item]]) -> list[Finding]:
    """What was found so far, without those that found nothing."""
    return [look.finding for look in looks if look.finding.count]
