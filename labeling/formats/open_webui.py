"""Open WebUI's feedback, as its page of evaluations exports it: a thumb on a message of a chat.

An entry has "data" (1 or -1, the model, its siblings), "meta" (which message) and "snapshot", the
chat with all its messages as a tree. Where other models answered beside it the thumb is a
preference, else the text is acceptable or not.
"""

from typing import Any, ClassVar

from django.utils.translation import gettext as _

from core.errors import BadInputError
from labeling.formats.base import MOST_TEXTS, Entry, Format, Label, Row, Text
from labeling.formats.reading import text_of

KEPT = ("reason", "tags", "details")


class OpenWebUI(Format):
    """Thumbs on messages."""

    name = "open_webui"
    label = "Open WebUI"
    needed: ClassVar[tuple[str, ...]] = ("snapshot",)

    def fits(self, row: Row) -> float:
        """By its keys."""
        return float(row.keys() >= {"data", "meta", "snapshot"})

    def read(self, row: Row) -> list[Entry]:
        """The chat up to the message, and what was said of it."""
        data, meta = _object(row, "data"), _object(row, "meta")
        messages = _messages(row)
        rated = _named(messages, meta.get("message_id"))
        if rated is None:
            raise BadInputError(_("the message that was judged is not in its chat"))
        before = _before(messages, rated)
        prompt = {"messages": before, "metadata": {"model": text_of(data, "model_id")}}
        thumb = str(data.get("rating"))
        if thumb not in {"1", "-1"}:  # opened and left again
            return [Entry(prompt=prompt)]
        siblings = _siblings(messages, rated) if data.get("sibling_model_ids") else []
        label = Label(
            texts=_judged(rated, siblings, is_good=thumb == "1"),
            who=text_of(row, "user_id"),
            about={name: data[name] for name in KEPT if data.get(name)},
            comment=text_of(data, "comment"),
        )
        return [Entry(prompt=prompt, labels=(label,))]


def _messages(row: Row) -> dict[str, Row]:
    """The messages of the chat by their ids."""
    chat: Any = row.get("snapshot")
    for name in ("chat", "chat", "history", "messages"):
        chat = chat.get(name) if isinstance(chat, dict) else None
    if not isinstance(chat, dict) or not all(isinstance(each, dict) for each in chat.values()):
        raise BadInputError(_("the chat of this entry is not in the file: export it with chats"))
    return chat


def _named(messages: dict[str, Row], key: object) -> Row | None:
    return messages.get(key) if isinstance(key, str) else None


def _before(messages: dict[str, Row], rated: Row) -> list[Row]:
    """What was said before it, from the first message on."""
    found: list[Row] = []
    above = _named(messages, rated.get("parentId"))
    while above is not None and len(found) < len(messages):  # else it goes round
        found.append({"role": text_of(above, "role"), "content": text_of(above, "content")})
        above = _named(messages, above.get("parentId"))
    return found[::-1]


def _siblings(messages: dict[str, Row], rated: Row) -> list[Row]:
    """Other models' messages to the same one."""
    parent = _named(messages, rated.get("parentId")) or {}
    keys = parent.get("childrenIds")
    children = [_named(messages, key) for key in (keys if isinstance(keys, list) else [])]
    return [
        each
        for each in children
        if each is not None
        and each is not rated
        and each.get("role") == "assistant"
        and text_of(each, "content").strip()
        and each.get("content") != rated.get("content")
    ]


def _judged(rated: Row, siblings: list[Row], *, is_good: bool) -> tuple[Text, ...]:
    text, model = text_of(rated, "content"), text_of(rated, "model")
    if not siblings:
        return (Text(text=text, acceptable=is_good, model=model),)
    tiers = (1, 2) if is_good else (2, 1)
    others = [
        Text(text=text_of(each, "content"), tier=tiers[1], model=text_of(each, "model"))
        for each in siblings[: MOST_TEXTS - 1]
    ]
    return (Text(text=text, tier=tiers[0], model=model), *others)


def _object(row: Row, name: str) -> Row:
    value = row.get(name)
    if not isinstance(value, dict):
        raise BadInputError(_("“%(name)s” must be an object") % {"name": name})
    return value
