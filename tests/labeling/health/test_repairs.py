"""What can be put right in a bad line, where that was asked for."""

from typing import Any

import pytest

from labeling.prompt_files import parse_prompts
from tests.labeling.test_prompt_files import lines

USER, REPLY = {"role": "user", "content": "Egg?"}, {"role": "assistant", "content": "Six."}
MORE = {"role": "user", "content": "Soft."}
SYSTEM = {"role": "system", "content": "Be brief."}
JOINED = {"role": "user", "content": "Egg?\n\nSoft."}
BOTH = ["join_turns", "leave_off_reply"]


@pytest.mark.parametrize(
    ("messages", "needed", "mended"),
    [
        ([USER, REPLY], ["leave_off_reply"], [USER]),
        ([SYSTEM, USER, REPLY, MORE, REPLY], ["leave_off_reply"], [SYSTEM, USER, REPLY, MORE]),
        ([USER, MORE], ["join_turns"], [JOINED]),
        ([USER, MORE, REPLY], BOTH, [JOINED]),
        ([USER, MORE, REPLY, REPLY], BOTH, [JOINED]),
    ],
)
def test_a_repair_is_offered_and_made_where_it_is_asked_for(
    messages: list[Any], needed: list[str], mended: list[Any]
) -> None:
    raw = lines({"prompt": "Tea?"}, {"messages": messages})

    before, after = parse_prompts(raw), parse_prompts(raw, repairs=needed)

    assert before.offered == after.offered == {name: [2] for name in needed}
    assert ([row.line for row in before.rows], [error.line for error in before.errors]) == (
        [1],
        [2],
    )
    assert (after.rows[1].messages, after.errors) == (mended, [])
    if len(needed) > 1:
        assert [row.line for row in parse_prompts(raw, repairs=needed[:1]).rows] == [1]


@pytest.mark.parametrize(
    "messages",
    [
        [REPLY, USER],  # who begins?
        [REPLY],
        [SYSTEM],
        [USER, SYSTEM, MORE],
        [USER, {"role": "user", "content": 5}],
        [USER, {"role": "user", "content": ""}, REPLY, MORE, {"role": "narrator", "content": "x"}],
        "Egg?",
        [],
        ["Egg?", "Soft."],
    ],
)
def test_what_would_be_a_guess_is_no_repair(messages: Any) -> None:
    preview = parse_prompts(lines({"messages": messages}), repairs=BOTH)

    assert (preview.offered, preview.rows, len(preview.errors)) == ({}, [], 1)


def test_calls_of_tools_are_neither_joined_nor_left_off() -> None:
    call = {"function": {"name": "clock", "arguments": "{}"}}
    calls = {"role": "assistant", "content": "", "tool_calls": [call]}
    told = {"role": "tool", "content": "noon"}

    assert parse_prompts(lines({"messages": [USER, calls, calls, told]})).offered == {}
    assert parse_prompts(lines({"messages": [USER, calls, told, told]})).offered == {}
