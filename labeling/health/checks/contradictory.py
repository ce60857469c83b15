"""Pairs that say the opposite of others."""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_lazy as _

from labeling.health.base import Check
from labeling.health.checks.items import Pair


class Contradictory(Check[Pair]):
    """For the same prompt the same two texts, the other way around: people may disagree so."""

    name = "contradictory"
    label = _("Another pair of the file prefers the other text")

    def lines(self, items: Sequence[Pair]) -> Iterable[int]:
        """See Check."""
        there = Counter((each.asked, each.chosen, each.rejected) for each in items)
        return (
            each.line
            for each in items
            if each.chosen != each.rejected and there[each.asked, each.rejected, each.chosen]
        )
