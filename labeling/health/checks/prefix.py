"""Pairs of which one side goes on where the other ends."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_lazy as _

from labeling.health.base import Check
from labeling.health.checks.items import Pair


class Prefix(Check[Pair]):
    """One text begins with all of the other, which was cut: length is learnt, not quality."""

    name = "prefix"
    label = _("One text is the beginning of the other")

    def lines(self, items: Sequence[Pair]) -> Iterable[int]:
        """See Check."""
        return (each.line for each in items if _is_cut(each.chosen.strip(), each.rejected.strip()))


def _is_cut(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return bool(shorter) and shorter != longer and longer.startswith(shorter)
