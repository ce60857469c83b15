"""Anthropic's HH: two transcripts that differ in their last turn, as plain text.

https://github.com/anthropics/hh-rlhf: {"chosen": "\\n\\nHuman: …\\n\\nAssistant: …", …}.
"""

import re
from typing import ClassVar

from django.utils.translation import gettext as _

from core.errors import BadInputError
from labeling.formats.base import Entry, Format, Row, preferred
from labeling.formats.reading import around, ended, text_of

TURN = re.compile(r"(?:\A|\n\n)(Human|Assistant):")
ROLES = {"Human": "user", "Assistant": "assistant"}


class HH(Format):
    """Pairs of transcripts."""

    name = "hh"
    label = "Anthropic HH"
    needed: ClassVar[tuple[str, ...]] = ("chosen",)

    def fits(self, row: Row) -> float:
        """By the names of those who speak."""
        pair = (row.get("chosen"), row.get("rejected"))
        return float(all(isinstance(side, str) and TURN.match(side.lstrip()) for side in pair))

    def read(self, row: Row) -> list[Entry]:
        """A preference of two last turns."""
        before, chosen = ended(transcript(text_of(row, "chosen")))
        other, rejected = ended(transcript(text_of(row, "rejected")))
        if before != other:
            raise BadInputError(_("the two transcripts differ before their last turn"))
        prompt = {**around(row, but={"chosen", "rejected"}), "messages": before}
        return [Entry(prompt=prompt, labels=(preferred(chosen, rejected),))]


def transcript(text: str) -> list[Row]:
    """The turns of a transcript."""
    parts = TURN.split(text.strip("\n"))
    if len(parts) < 3 or parts[0].strip():
        raise BadInputError(_("this is not a transcript of “Human:” and “Assistant:”"))
    speakers, said = parts[1::2], parts[2::2]
    pairs = zip(speakers, said, strict=True)
    return [{"role": ROLES[who], "content": what.strip()} for who, what in pairs]
