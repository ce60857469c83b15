"""Alpaca's form: instruction, input and output, with a system text and a history where there are.

https://github.com/tatsu-lab/stanford_alpaca; the rest is LLaMA-Factory's, which joins instruction
and input by a line break, and puts "chosen" and "rejected" in the place of the output.
"""

from typing import ClassVar

from django.utils.translation import gettext as _

from core.errors import BadInputError
from labeling.formats.base import Entry, Format, Label, Row, preferred
from labeling.formats.reading import around, text_of

KNOWN = {"instruction", "input", "output", "system", "history", "chosen", "rejected", "text"}


class Alpaca(Format):
    """Instructions with an answer."""

    name = "alpaca"
    label = "Alpaca"
    needed: ClassVar[tuple[str, ...]] = ("instruction",)

    def fits(self, row: Row) -> float:
        """By its columns."""
        pair = row.keys() >= {"instruction", "chosen", "rejected"}
        return 0.9 if pair or row.keys() >= {"instruction", "output"} else 0.0

    def read(self, row: Row) -> list[Entry]:
        """A demonstration, or a preference."""
        texts = [text_of(row, "instruction"), text_of(row, "input")]
        system = text_of(row, "system")
        messages = [{"role": "system", "content": system}] if system else []
        messages += _turns(row.get("history"))
        messages.append({"role": "user", "content": "\n".join(text for text in texts if text)})
        if row.get("chosen") is not None:
            label = preferred(text_of(row, "chosen"), text_of(row, "rejected"))
        else:
            label = Label(written=text_of(row, "output"))
            if not label.written.strip():
                raise BadInputError(_("“%(name)s” is empty") % {"name": "output"})
        prompt = {**around(row, but=KNOWN), "messages": messages}
        return [Entry(prompt=prompt, labels=(label,))]


def _turns(history: object) -> list[Row]:
    """What was said before: pairs of an instruction and its answer."""
    if history is None or history == "":
        return []
    if not isinstance(history, list) or not all(
        isinstance(pair, list) and len(pair) == 2 for pair in history
    ):
        raise BadInputError(_("“history” must be a list of pairs"))
    roles = ("user", "assistant")
    return [
        {"role": role, "content": text}
        for pair in history
        for role, text in zip(roles, pair, strict=True)
    ]
