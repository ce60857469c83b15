"""Pairs that say the opposite of others."""

from array import array
from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from labeling.health.base import Check, Finding, Look
from labeling.health.checks.items import Pair


class Contradictory(Check[Pair]):
    """For the same prompt the same two texts, the other way around: people may disagree so."""

    name = "contradictory"
    label = _("Another pair of the file prefers the other text")

    def lines(self, items: Sequence[Pair]) -> Iterable[int]:
        """See Check."""
        look = self.look()
        look.add(items)
        return look.lines()

    def look(self) -> "_Pairs":
        """See Check."""
        return _Pairs(self)


class _Pairs(Look[Pair]):
    """The pairs of a file, each by three numbers: its line, what it says, and the opposite."""

    def __init__(self, check: Contradictory) -> None:
        super().__init__(check)
        self._numbers = array("q")

    def add(self, items: Sequence[Pair]) -> None:
        """See Look."""
        for each in items:
            if each.chosen != each.rejected:
                said = hash((each.asked, each.chosen, each.rejected))
                opposite = hash((each.asked, each.rejected, each.chosen))
                self._numbers.extend((each.line, said, opposite))

    def lines(self) -> Iterator[int]:
        """The lines of which another says the opposite."""
        said = set(self._numbers[1::3])
        for line, opposite in zip(self._numbers[::3], self._numbers[2::3], strict=True):
            if opposite in said:
                yield line

    @property
    def finding(self) -> Finding:
        """See Look."""
        return Finding.of(self._check.name, self.lines())
