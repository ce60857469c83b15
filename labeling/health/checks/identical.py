"""Pairs whose sides say the same."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_lazy as _

from labeling.health.base import Check
from labeling.health.checks.items import Pair


class IdenticalSides(Check[Pair]):
    """Both texts are the same, character for character: nothing can be preferred."""

    name = "identical_sides"
    label = _("The two texts are the same")

    def lines(self, items: Sequence[Pair]) -> Iterable[int]:
        """See Check."""
        return (each.line for each in items if each.chosen == each.rejected)
