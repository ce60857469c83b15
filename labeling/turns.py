"""The turns of a prompt as pages and judges read them, with the tools that are called in them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from training.contract import conversations


@dataclass(frozen=True, kw_only=True)
class Said:
    """Data, a call's arguments or a tool's schema: easy to read, and as it was given."""

    name: str
    shown: str
    raw: str
    id: str = ""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What one role says. name: of the tool whose result it is, where that is known."""

    role: str
    text: str
    name: str = ""
    calls: list[Said] = field(default_factory=list)


def turns(messages: Sequence[Mapping[str, Any]]) -> list[Turn]:
    """All of them, in their order."""
    called: dict[str, str] = {}  # the tool's name by the call's id
    found = []
    for message in messages:
        calls = [
            _said(call["function"]["name"], call["function"]["arguments"], call.get("id", ""))
            for call in message.get("tool_calls") or []
        ]
        called |= {call.id: call.name for call in calls if call.id}
        found.append(
            Turn(
                role=message["role"],
                text=conversations.text_of(message.get("content")),
                name=message.get("name") or called.get(message.get("tool_call_id", ""), ""),
                calls=calls,
            )
        )
    return found


def tools(given: Sequence[Mapping[str, Any]]) -> list[Said]:
    """The tools that a prompt offers."""
    return [_said(tool.get("function", tool)["name"], tool) for tool in given]


def transcript(said: Sequence[Turn]) -> str:
    """All of it as text, for a judge that is no chat template."""
    parts = []
    for turn in said:
        calls = [f"[calls {call.name}]\n{call.raw}" for call in turn.calls]
        role = f"{turn.role} {turn.name}".strip()
        parts += [f"[{role}]\n{turn.text}", *calls] if turn.text or not calls else calls
    return "\n\n".join(parts)


def _said(name: str, data: object, pk: str = "") -> Said:
    """`data`: JSON, or a text of it, which is shown as it is where it is none."""
    raw = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    try:
        shown = json.dumps(json.loads(raw), ensure_ascii=False, indent=2)
    except ValueError:
        shown = raw
    return Said(name=name, shown=shown, raw=raw, id=pk)
