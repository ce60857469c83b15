"""Conversations as prompts are given: OpenAI's and TRL's messages, with tools where there are any.

A message has a role and a content: a text, parts of text, or none where an assistant only calls
tools. `messages` everywhere else are roles and texts alone; what is more than that is `given`, the
JSON of {"tools", "messages"} as it came.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

Message = Mapping[str, Any]


def text_of(content: object) -> str:
    """The text of a message's content; parts are one text, without anything between them."""
    if isinstance(content, list):
        return "".join(part["text"] for part in content)
    return content if isinstance(content, str) else ""


def texts(messages: Sequence[Message]) -> list[dict[str, str]]:
    """Roles and texts alone."""
    return [{"role": m["role"], "content": text_of(m.get("content"))} for m in messages]


def given(messages: Sequence[Message], tools: Sequence[Any]) -> str:
    """Its JSON; "" where roles and texts say all. The tools, where there are any, stand first."""
    if not tools and list(messages) == texts(messages):
        return ""
    whole = {"tools": tools, "messages": messages} if tools else {"messages": messages}
    return json.dumps(whole, ensure_ascii=False)


WITH_TOOLS = '{"tools": '  # how `given` begins where there are tools
