"""What conversations with tools may be, and what is wrong with others."""

from typing import Any

import pytest

from core.errors import BadInputError
from labeling.conversations import check_messages, check_tools
from tests.labeling.calling import MESSAGES, TOOLS
from training.contract import conversations

ASK: dict[str, Any] = {"role": "user", "content": "a"}
CALL = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
CALLS: dict[str, Any] = {"role": "assistant", "tool_calls": [CALL]}
RESULT: dict[str, Any] = {"role": "tool", "content": "b", "tool_call_id": "1"}
TURNS = "user and assistant must take turns, results of tools after"


@pytest.mark.parametrize(
    "messages",
    [
        [ASK],
        MESSAGES,
        MESSAGES[:5],
        [ASK, CALLS, RESULT],
        [ASK, {**CALLS, "content": ""}, {"role": "tool", "content": ""}],
        [ASK, CALLS, RESULT, CALLS, RESULT, RESULT],
        [ASK, {**CALLS, "content": "I call."}, RESULT, {"role": "assistant", "content": "b"}, ASK],
    ],
)
def test_conversations_are_kept_as_they_are(messages: list[dict[str, Any]]) -> None:
    assert check_messages(messages) == messages


@pytest.mark.parametrize(
    ("messages", "what"),
    [
        ([], "“messages” must be a list of 1 to 50 messages"),
        (["a"], "a message must have “role” and “content”"),
        ([{"role": 1, "content": "a"}], "a message must have “role” and “content”"),
        ([{"role": "critic", "content": "a"}], "“role” must be system, user, assistant or tool"),
        ([{"role": "user"}], "“content” must be a text"),
        ([{**ASK, "tool_calls": [CALL]}], "a message of “user” cannot have “tool_calls”"),
        ([{**ASK, "content": [{"type": "image_url"}]}], "the parts of a content must be texts"),
        ([{**ASK, "content": [{"type": "text", "text": 1}]}], "“text” must be a text"),
        ([{**ASK, "content": [{"type": "text", "text": " "}]}], "“content” is empty"),
        ([{**ASK, "content": "a" * 32_001}], "“content” is longer than 32000 characters"),
        ([ASK, {**CALLS, "tool_calls": []}, RESULT], "“tool_calls” must be a list of 1 to 20"),
        ([ASK, {**CALLS, "tool_calls": [{}]}, RESULT], "a call must have “function”"),
        (
            [ASK, {**CALLS, "tool_calls": [{**CALL, "function": {"name": "f"}}]}, RESULT],
            "a call must have “function”",
        ),
        ([ASK, {**CALLS, "tool_calls": [{**CALL, "type": "b"}]}, RESULT], "a call must have"),
        (
            [ASK, {**CALLS, "tool_calls": [{"function": {"name": "f", "arguments": {"a": "\0"}}}]}],
            "“tool_calls” cannot be stored",
        ),
        ([ASK, CALLS, {**RESULT, "tool_call_id": "2"}], "“tool_call_id” is of no call before it"),
        ([ASK, CALLS, {**RESULT, "name": 1}], "“name” must be a text"),
        ([{"role": "assistant", "content": "a"}], TURNS),
        ([{"role": "system", "content": "a"}], TURNS),
        ([ASK, ASK], TURNS),
        ([ASK, {"role": "system", "content": "a"}], TURNS),
        ([ASK, RESULT], TURNS),
        ([ASK, CALLS], TURNS),
        ([ASK, CALLS, ASK], TURNS),
        ([ASK, {"role": "assistant", "content": "a"}], TURNS),
    ],
)
def test_what_is_wrong_with_others(messages: list[Any], what: str) -> None:
    with pytest.raises(BadInputError) as caught:
        check_messages(messages)
    assert caught.value.message.startswith(what)


def test_tools_are_functions_with_a_name() -> None:
    assert check_tools(TOOLS) == TOOLS
    assert check_tools([{"name": "f"}]) == [{"name": "f"}]
    for bad in ({}, [1], [{}], [{"type": "function", "function": {"name": ""}}]):
        with pytest.raises(BadInputError, match="tool"):
            check_tools(bad)
    with pytest.raises(BadInputError, match="longer than 32000"):
        check_tools([{"name": "f", "description": "a" * 32_000}])


def test_only_what_is_more_than_roles_and_texts_is_given() -> None:
    assert conversations.given([ASK], []) == ""
    assert conversations.given([CALLS], []) == (
        '{"messages": [{"role": "assistant", "tool_calls": [{"id": "1", "type": "function", '
        '"function": {"name": "f", "arguments": "{}"}}]}]}'
    )
    assert conversations.given([ASK], [{"name": "ü"}]) == (
        '{"tools": [{"name": "ü"}], "messages": [{"role": "user", "content": "a"}]}'
    )
