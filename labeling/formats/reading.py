"""Pieces of rows that many formats share: conversations, and what stands beside them."""

import json
from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from core.errors import BadInputError
from labeling.formats.base import Row

ROLES = {
    "human": "user",
    "prompter": "user",
    "gpt": "assistant",
    "chatgpt": "assistant",
    "bot": "assistant",
    "model": "assistant",
    "function_call": "assistant",
    "observation": "tool",
    "developer": "system",
}
KEPT = ("tool_calls", "tool_call_id")  # of a message, beside its role and content
SPLITS = {"train", "heldout"}
# What a row may say of its prompt, and how long it may be: else it is metadata.
LABELS = {"language": 10, "use_case": 40, "source": 200, "group": 200}


def conversation(value: object) -> list[Row]:
    """Messages with roles and contents, of OpenAI's or ShareGPT's form; JSON of them too."""
    if isinstance(value, str):
        value = parsed(value)
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list) or not value:
        raise BadInputError(_("it holds no conversation"))
    return [_message(each) for each in value]


def ended(messages: list[Row]) -> tuple[list[Row], str]:
    """A conversation that ends with the assistant: what comes before, and the text of its end."""
    *before, last = messages
    text = last["content"]
    if last["role"] != "assistant" or not isinstance(text, str) or "tool_calls" in last:
        raise BadInputError(_("the conversation does not end with a text of the assistant"))
    if not text.strip():
        raise BadInputError(_("the text of the assistant is empty"))
    return before, text


def answer(value: object) -> str:
    """A completion: a text, or messages of which the last one is the assistant's."""
    if isinstance(value, str) and not _is_list(value):
        return value
    return ended(conversation(value))[1]


def asked(value: object) -> Row:
    """A prompt, which is a text or messages, as a line of prompts has it."""
    if isinstance(value, str) and not _is_list(value):
        return {"prompt": value}
    return {"messages": conversation(value)}


def text_of(row: Row, name: str) -> str:
    """A text of a row; "" where it is not there."""
    value = row.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadInputError(_("“%(name)s” must be a text") % {"name": name})
    return value


def around(row: Row, *, but: Collection[str]) -> Row:
    """What a row says beside the names that its format reads, for a line of prompts.

    What does not fit there under its name is metadata: other tools use the same words.
    """
    found: Row = {}
    metadata = dict(said) if isinstance(said := row.get("metadata"), dict) else {}
    for name, value in row.items():
        if name in but or value is None or name in {"prompt", "messages"}:
            continue
        if name == "metadata" and isinstance(value, dict):
            continue
        if _is_label(name, value):
            found[name] = value
        else:
            metadata[name] = value
    return {**found, "metadata": metadata} if metadata else found


def _is_label(name: str, value: object) -> bool:
    if name == "split":
        return value in SPLITS if isinstance(value, str) else False
    if name == "content_warning":
        return isinstance(value, bool)
    if name == "tools":
        return isinstance(value, list)
    return name in LABELS and isinstance(value, str) and len(value) <= LABELS[name]


def _message(value: object) -> Row:
    if not isinstance(value, dict):
        raise BadInputError(_("a message must have “role” and “content”"))
    role = value.get("role", value.get("from"))
    content = value.get("content", value.get("value"))
    if not isinstance(role, str):
        raise BadInputError(_("a message must have “role” and “content”"))
    role = ROLES.get(role, role)
    more = {name: value[name] for name in KEPT if value.get(name)}
    if role == "tool" and isinstance(value.get("name"), str):
        more["name"] = value["name"]
    return {"role": role, "content": content, **more}


def _is_list(text: str) -> bool:
    return text.lstrip().startswith("[{") and isinstance(parsed(text), list)


def parsed(value: object) -> Any:
    """What a cell of a table holds as JSON, None where that is none; other values as they are."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None
