"""Texts that can show something else than they say."""

import re
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_lazy as _

from labeling.health.base import Check
from labeling.health.checks.items import Asked

TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff\x1b]")


class Direction(Check[Asked]):
    """Controls of the direction of writing, characters without width, escapes of terminals."""

    name = "hidden_characters"
    label = _("The text holds hidden characters or changes of direction; pages mark them")

    def lines(self, items: Sequence[Asked]) -> Iterable[int]:
        """See Check."""
        return (each.line for each in items if _may_turn(each.texts) and TURNING.search(each.texts))


def _may_turn(text: str) -> bool:
    """Most texts cannot, which takes no time to see."""
    return not text.isascii() or "\x1b" in text
