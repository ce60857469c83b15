"""Texts that hold what models begin and end turns with."""

import re
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_lazy as _

from labeling.health.base import Check
from labeling.health.checks.items import Asked

TOKENS = re.compile(
    r"<\|[A-Za-z_]{1,40}\|>|\[/?INST\]|<</?SYS>>|</?s>|<(?:start|end)_of_turn>"
    r"|^\s*(?:Human|Assistant|User)\s*:",
    re.MULTILINE,
)
MARKS = ("<", "INST]", "Human", "Assistant", "User")  # each of them has one; found much faster


class ControlTokens(Check[Asked]):
    """Kept to the letter, and never read as control tokens; but mostly a conversion went wrong."""

    name = "control_tokens"
    label = _("The text holds control tokens or turns of a conversation, such as <|im_end|>")

    def lines(self, items: Sequence[Asked]) -> Iterable[int]:
        """See Check."""
        return (
            each.line
            for each in items
            if any(mark in each.texts for mark in MARKS) and TOKENS.search(each.texts)
        )
