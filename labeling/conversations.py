"""What a prompt's messages and tools must be like: OpenAI's and TRL's form of them."""

import json
from typing import Any

from django.utils.translation import gettext as _

from core.errors import BadInputError
from core.text import clean_json, clean_text

LONGEST = 32_000  # characters of a message, of the calls of one, and of all tools
MOST_MESSAGES = 50
MOST_CALLS = 20  # of one message
MOST_TOOLS = 64
ROLES = ("system", "user", "assistant", "tool")
# What a message of a role may hold beside its role and content.
MORE = {"assistant": {"tool_calls"}, "tool": {"tool_call_id", "name"}}


def check_messages(value: object) -> list[dict[str, Any]]:
    """The messages of a prompt as they are; BadInputError says what is wrong with them."""
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_MESSAGES:
        raise BadInputError(
            _("“messages” must be a list of 1 to %(most)s messages") % {"most": MOST_MESSAGES}
        )
    messages = [_message(message) for message in value]
    _check_turns(messages)
    return messages


def check_tools(value: object) -> list[dict[str, Any]]:
    """The tools that a prompt offers, schemas of functions; BadInputError where they are none."""
    if not isinstance(value, list) or len(value) > MOST_TOOLS:
        raise BadInputError(_("“tools” must be a list of at most %(most)s") % {"most": MOST_TOOLS})
    for tool in value:
        function = tool.get("function", tool) if isinstance(tool, dict) else None
        if not isinstance(function, dict) or not _is_name(function.get("name")):
            raise BadInputError(_("a tool must be a function with a “name”"))
    _check_json(value, "tools")
    return value


def check_content(value: object, name: str) -> str:
    """A text that can be stored, and is not empty."""
    if not isinstance(value, str):
        raise BadInputError(_("“%(name)s” must be a text") % {"name": name})
    if not value.strip():
        raise BadInputError(_("“%(name)s” is empty") % {"name": name})
    _check_length(len(value), name)
    return clean_text(value)


def _message(message: object) -> dict[str, Any]:
    if not isinstance(message, dict) or not isinstance(role := message.get("role"), str):
        raise BadInputError(_("a message must have “role” and “content”"))
    if role not in ROLES:
        raise BadInputError(_("“role” must be system, user, assistant or tool"))
    if unknown := sorted(message.keys() - {"role", "content"} - MORE.get(role, set())):
        raise BadInputError(
            _("a message of “%(role)s” cannot have “%(key)s”")
            % {"role": role, "key": unknown[0][:40]}
        )
    if "tool_calls" in message:
        _check_calls(message["tool_calls"])
    for key in ("tool_call_id", "name"):
        if key in message and not _is_name(message[key]):
            raise BadInputError(_("“%(name)s” must be a text") % {"name": key})
    content = message.get("content")
    if isinstance(content, list):
        _check_parts(content)
    elif not (message.get("tool_calls") and content in (None, "")) and not (
        role == "tool" and content == ""
    ):
        check_content(content, "content")
    return message


def _check_parts(content: list[object]) -> None:
    for part in content:
        if not isinstance(part, dict) or part.keys() != {"type", "text"} or part["type"] != "text":
            raise BadInputError(_("the parts of a content must be texts: {“type”: “text”, “text”}"))
        if not isinstance(part["text"], str):
            raise BadInputError(_("“%(name)s” must be a text") % {"name": "text"})
    check_content("".join(part["text"] for part in content), "content")  # type: ignore[index]


def _check_calls(calls: object) -> None:
    if not isinstance(calls, list) or not 1 <= len(calls) <= MOST_CALLS:
        raise BadInputError(
            _("“tool_calls” must be a list of 1 to %(most)s calls") % {"most": MOST_CALLS}
        )
    for call in calls:
        function = call.get("function") if isinstance(call, dict) else None
        if (
            not isinstance(function, dict)
            or not _is_name(function.get("name"))
            or not isinstance(function.get("arguments"), str | dict)
            or call.get("type", "function") != "function"
            or call.keys() - {"id", "type", "function"}
            or function.keys() != {"name", "arguments"}
            or ("id" in call and not _is_name(call["id"]))
        ):
            raise BadInputError(
                _("a call must have “function” with “name” and “arguments”, and may have “id”")
            )
    _check_json(calls, "tool_calls")


def _check_turns(messages: list[dict[str, Any]]) -> None:
    """A system message may come first; then each is an answer to the one before it."""
    turns = messages[messages[0]["role"] == "system" :]
    before: str | None = None
    ids: set[str] = set()
    for message in turns:
        role = message["role"]
        after = {
            None: {"user"},
            "user": {"assistant"},
            "assistant": {"user"},
            "calls": {"tool"},
            "tool": {"tool", "assistant"},
        }[before]
        if role not in after:
            _refuse_turns()
        if role == "tool" and ids and message.get("tool_call_id", next(iter(ids))) not in ids:
            raise BadInputError(_("“tool_call_id” is of no call before it"))
        before = "calls" if message.get("tool_calls") else role
        if before == "calls":
            ids = {call["id"] for call in message["tool_calls"] if "id" in call}
    if before not in {"user", "tool"}:
        _refuse_turns()


def _refuse_turns() -> None:
    raise BadInputError(
        _(
            "user and assistant must take turns, results of tools after the message that calls "
            "them, the user or a tool last; a system message may come first"
        )
    )


def _check_json(value: Any, name: str) -> None:
    try:
        clean_json(value)
    except BadInputError as error:
        raise BadInputError(_("“%(key)s” cannot be stored") % {"key": name}) from error
    _check_length(len(json.dumps(value, ensure_ascii=False)), name)


def _check_length(length: int, name: str) -> None:
    if length > LONGEST:
        raise BadInputError(
            _("“%(name)s” is longer than %(most)s characters") % {"name": name, "most": LONGEST}
        )


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 200 and value == clean_text(value)
