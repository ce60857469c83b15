"""Conversations: OpenAI's messages, ShareGPT's conversations, and LLaMA-Factory's pairs of ends.

A conversation that ends with the assistant is a prompt with a demonstration; one that ends with the
user is a prompt. "chosen" and "rejected" beside a conversation are two ends of it; "kto_tag" says
whether its end is good (https://llamafactory.readthedocs.io/en/latest/getting_started/data_preparation.html).
"""

from typing import ClassVar

from django.utils.translation import gettext as _

from core.errors import BadInputError
from labeling.formats.base import Entry, Format, Label, Row, Text, preferred
from labeling.formats.reading import answer, around, conversation, ended, text_of

NAMES = ("conversations", "conversation", "messages")
KNOWN = {*NAMES, "chosen", "rejected", "kto_tag", "system"}


class Chat(Format):
    """Whole conversations."""

    name = "chat"
    label = "ShareGPT, messages"
    needed: ClassVar[tuple[str, ...]] = ("conversations", "messages")

    def fits(self, row: Row) -> float:
        """By where the conversation stands, and by its end where prompts have the same name."""
        if isinstance(row.get("conversations"), list) or isinstance(row.get("conversation"), list):
            return 0.95
        if "chosen" in row:  # TRL's where it is no single message
            return 0.9 if "messages" in row and isinstance(row["chosen"], dict) else 0.0
        messages = row.get("messages")
        last = messages[-1] if isinstance(messages, list) and messages else None
        return 0.9 if isinstance(last, dict) and last.get("role") == "assistant" else 0.0

    def read(self, row: Row) -> list[Entry]:
        """One entry; without a label where the user speaks last."""
        name = next((name for name in NAMES if row.get(name)), None)
        if name is None:
            raise BadInputError(_("it holds no conversation"))
        messages = conversation(row[name])
        if (system := text_of(row, "system")) and messages[0]["role"] != "system":
            messages.insert(0, {"role": "system", "content": system})
        more = around(row, but=KNOWN)
        if row.get("chosen") is not None and row.get("rejected") is not None:
            label = preferred(answer(row["chosen"]), answer(row["rejected"]))
            return [Entry(prompt={**more, "messages": messages}, labels=(label,))]
        if messages[-1]["role"] != "assistant":
            return [Entry(prompt={**more, "messages": messages})]
        before, text = ended(messages)
        label = Label(written=text)
        if isinstance(good := row.get("kto_tag"), bool):
            label = Label(texts=(Text(text=text, acceptable=good),))
        return [Entry(prompt={**more, "messages": before}, labels=(label,))]
