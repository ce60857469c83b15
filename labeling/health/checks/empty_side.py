"""Pairs of which a side says nothing."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_lazy as _

from labeling.health.base import Check
from labeling.health.checks.items import Pair


class EmptySide(Check[Pair]):
    """The chosen or the rejected text is empty, or white space alone."""

    name = "empty_side"
    label = _("One of the two texts is empty")

    def lines(self, items: Sequence[Pair]) -> Iterable[int]:
        """See Check."""
        return (each.line for each in items if not each.chosen.strip() or not each.rejected.strip())
