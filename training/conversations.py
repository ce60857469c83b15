"""Conversations with tools: what a chat template is given beside roles and texts.

The template writes the calls and the schemas itself, so what they hold must be no control token,
and all of it must come out: a template that knows nothing of tools would leave them out unsaid.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from training.contract import conversations
from training.contract.said import say
from training.errors import BadInputError

Message = dict[str, Any]
MARK = "\ue002{}\ue003"  # private-use characters, which no template writes


class Conversation(list[Message]):
    """Messages whose contents are texts, with their calls of tools; and the tools."""

    def __init__(self, messages: Sequence[Message], tools: Sequence[Message] = ()) -> None:
        super().__init__(messages)
        self.tools = list(tools)

    @property
    def is_plain(self) -> bool:
        """Whether roles and texts are all."""
        return not self.tools and not any(message.keys() - {"role", "content"} for message in self)


def conversation(row: Mapping[str, Any]) -> Conversation:
    """Of a row of the contract: what was given, where that is more than roles and texts."""
    whole = json.loads(row["given"]) if row.get("given") else {"messages": row["messages"]}
    messages = [
        {**message, "content": conversations.text_of(message.get("content"))}
        for message in whole["messages"]
    ]
    return Conversation([_called(message) for message in messages], whole.get("tools", ()))


def quoted(
    said: Conversation, render: Callable[[Conversation], str], controls: Callable[[str], object]
) -> set[int]:
    """Which messages' texts the template writes as JSON has them: with escapes.

    BadInputError where `render` leaves out a call, a result or a tool, or would take what one holds
    for a control token, which `controls` finds in a text.
    """
    data = [message.get("tool_calls", []) for message in said] + [said.tools]
    if any(controls(json.dumps(part, ensure_ascii=False)) for part in data):
        raise BadInputError(say("a call or a tool holds a control token of the model"))
    marks = (MARK.format(number) for number in range(10_000))
    used: list[str] = []
    messages = [_marked(message, marks, used) for message in said]
    rendered = render(Conversation(messages, _named(said.tools, marks, used)))
    if not all(mark in rendered for mark in used):
        raise BadInputError(say("the chat template leaves out calls of tools, or the tools"))
    escaped = set()
    for number, message in enumerate(messages):
        if message["role"] != "tool" or message["content"] in rendered:
            continue
        if json.dumps(message["content"], ensure_ascii=False)[1:-1] not in rendered:
            raise BadInputError(say("the chat template leaves out a tool's result, or alters it"))
        escaped.add(number)
    return escaped


def _called(message: Message) -> Message:
    """Arguments as an object, which is what templates expect."""
    if not message.get("tool_calls"):
        return message
    calls = [
        {**call, "type": "function", "function": {**call["function"], "arguments": _object(call)}}
        for call in message["tool_calls"]
    ]
    return {**message, "tool_calls": calls}


def _object(call: Message) -> Any:
    arguments = call["function"]["arguments"]
    try:
        found = json.loads(arguments) if isinstance(arguments, str) else arguments
    except ValueError:
        return arguments
    return found if isinstance(found, dict) else arguments


def _marked(message: Message, marks: Iterator[str], used: list[str]) -> Message:
    """Its calls with marks as names and arguments; a result with a text that JSON escapes."""
    if message["role"] == "tool":
        return {**message, "content": f'{(mark := next(marks))}"\n\\{mark}'}
    if not message.get("tool_calls"):
        return message
    calls = []
    for call in message["tool_calls"]:
        used += [name := next(marks), value := next(marks)]
        function = {"name": name, "arguments": {"a": value}}
        calls.append({**call, "function": function})
    return {**message, "tool_calls": calls}


def _named(tools: Sequence[Message], marks: Iterator[str], used: list[str]) -> list[Message]:
    found = []
    for tool in tools:
        used.append(name := next(marks))
        inner = tool.get("function", tool)
        named = {**inner, "name": name}
        found.append({**tool, "function": named} if "function" in tool else named)
    return found
