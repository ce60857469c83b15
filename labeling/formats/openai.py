"""Preference files of OpenAI and Fireworks: a line has an input and two outputs.

{"input": {"messages": […], "tools": […]}, "preferred_output": [{"role": "assistant", …}],
"non_preferred_output": […]}; https://docs.fireworks.ai/fine-tuning/dpo-fine-tuning.
"""

from typing import ClassVar

from django.utils.translation import gettext as _

from core.errors import BadInputError
from labeling.formats.base import Entry, Format, Row, preferred
from labeling.formats.reading import answer, around, conversation, parsed

OUTPUTS = ("preferred_output", "non_preferred_output")
SETTINGS = {"parallel_tool_calls"}  # of the request; nothing about the prompt


class OpenAI(Format):
    """Pairs of outputs."""

    name = "openai"
    label = "OpenAI, Fireworks"
    needed: ClassVar[tuple[str, ...]] = ("preferred_output",)

    def fits(self, row: Row) -> float:
        """By its keys."""
        return float(row.keys() >= {"input", *OUTPUTS})

    def read(self, row: Row) -> list[Entry]:
        """A preference."""
        given = parsed(row.get("input"))
        if not isinstance(given, dict) or any(name not in row for name in OUTPUTS):
            raise BadInputError(
                _("it needs “input”, “preferred_output” and “non_preferred_output”")
            )
        prompt = {
            **around(row, but={"input", *OUTPUTS}),
            **around(given, but=SETTINGS),
            "messages": conversation(given.get("messages")),
        }
        chosen, rejected = (answer(row[name]) for name in OUTPUTS)
        return [Entry(prompt=prompt, labels=(preferred(chosen, rejected),))]
