"""A conversation with tools, as OpenAI and TRL write it."""

from typing import Any

TOOLS: list[dict[str, Any]] = [
    {
        "type": "function",
        "function": {
            "name": "boil",
            "description": "Boils <b>eggs</b>.",
            "parameters": {
                "type": "object",
                "required": ["minutes"],
                "properties": {"minutes": {"type": "number"}, "eggs": {"type": "integer"}},
            },
        },
    }
]
MESSAGES: list[dict[str, Any]] = [
    {"role": "system", "content": "You cook."},
    {
        "role": "user",
        "content": [{"type": "text", "text": "Boil "}, {"type": "text", "text": "it."}],
    },
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {
                "id": "call_1",
                "type": "function",
                # Longer keys first: a database that sorts them would be noticed.
                "function": {"arguments": '{"minutes": 6.50, "eggs":1}', "name": "boil"},
            },
            {"function": {"name": "boil", "arguments": {"minutes": 7, "eggs": 2}}},
        ],
    },
    {"role": "tool", "tool_call_id": "call_1", "content": '{"done": "\\u00fc <i>"}'},
    {"role": "tool", "name": "boil", "content": "Done."},
    {"role": "assistant", "content": "Both are done."},
    {"role": "user", "content": "Thanks. And now?"},
]
TEXTS = [
    {"role": "system", "content": "You cook."},
    {"role": "user", "content": "Boil it."},
    {"role": "assistant", "content": ""},
    {"role": "tool", "content": '{"done": "\\u00fc <i>"}'},
    {"role": "tool", "content": "Done."},
    {"role": "assistant", "content": "Both are done."},
    {"role": "user", "content": "Thanks. And now?"},
]
