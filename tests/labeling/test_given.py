"""What stands before a prompt, and in which order."""

from labeling.given import given, put_before, whole
from training.contract import conversations

SYSTEM = {"role": "system", "content": "Answer briefly."}
SHOWN = [{"role": "user", "content": "2 + 2?"}, {"role": "assistant", "content": " 4\n"}]
OWN = {"role": "system", "content": "Answer at length."}
ASKED = [{"role": "user", "content": "3 + 3?"}]


def test_a_system_message_and_exemplars_stand_before_the_prompt() -> None:
    assert given([SYSTEM, *SHOWN], ASKED) == [SYSTEM, *SHOWN, *ASKED]
    assert given([SYSTEM], ASKED) == [SYSTEM, *ASKED]
    assert given(SHOWN, ASKED) == [*SHOWN, *ASKED]
    assert given([], ASKED) == ASKED
    assert put_before([SYSTEM, *SHOWN], ASKED) == [SYSTEM, *SHOWN]


def test_the_prompts_own_system_message_stands_in_the_place_of_the_projects() -> None:
    assert given([SYSTEM, *SHOWN], [OWN, *ASKED]) == [OWN, *SHOWN, *ASKED]
    assert given(SHOWN, [OWN, *ASKED]) == [OWN, *SHOWN, *ASKED]
    assert given([], [OWN, *ASKED]) == [OWN, *ASKED]
    assert put_before([SYSTEM, *SHOWN], [OWN, *ASKED]) == SHOWN
    assert put_before([SYSTEM], [OWN, *ASKED]) == []


def test_a_prompt_with_tools_keeps_them_to_the_letter() -> None:
    call = {"id": "1", "type": "function", "function": {"name": "add", "arguments": '{"a" : 3}'}}
    tools = [{"type": "function", "function": {"name": "add", "parameters": {}}}]
    asked = [*ASKED, {"role": "assistant", "tool_calls": [call]}, {"role": "tool", "content": "6"}]
    prompt = conversations.given([OWN, *asked], tools)

    after = conversations.given([OWN, *SHOWN, *asked], tools)
    assert whole([SYSTEM, *SHOWN], prompt) == after
    assert whole([], prompt) == prompt
    assert whole([SYSTEM], "") == ""
