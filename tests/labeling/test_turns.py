"""Turns with tools as pages show them: whole, easy to read, and as they were given."""

from labeling.turns import Said, Turn, tools, transcript, turns
from tests.labeling.calling import MESSAGES, TOOLS


def test_each_turn_is_there_with_its_calls() -> None:
    first = Said(
        name="boil",
        shown='{\n  "minutes": 6.5,\n  "eggs": 1\n}',
        raw='{"minutes": 6.50, "eggs":1}',
        id="call_1",
    )
    second = Said(
        name="boil", shown='{\n  "minutes": 7,\n  "eggs": 2\n}', raw='{"minutes": 7, "eggs": 2}'
    )
    assert turns(MESSAGES) == [
        Turn(role="system", text="You cook."),
        Turn(role="user", text="Boil it."),
        Turn(role="assistant", text="", calls=[first, second]),
        Turn(role="tool", text='{"done": "\\u00fc <i>"}', name="boil"),
        Turn(role="tool", text="Done.", name="boil"),
        Turn(role="assistant", text="Both are done."),
        Turn(role="user", text="Thanks. And now?"),
    ]


def test_arguments_that_are_no_json_are_shown_as_they_are() -> None:
    call = {"function": {"name": "f", "arguments": "{minutes: 6"}}
    (turn,) = turns([{"role": "assistant", "tool_calls": [call]}])
    assert turn.calls == [Said(name="f", shown="{minutes: 6", raw="{minutes: 6")]


def test_tools_have_their_names() -> None:
    (tool,) = tools(TOOLS)
    assert tool.name == "boil"
    assert tool.raw.startswith('{"type": "function", "function": {"name": "boil", "description"')
    assert tools([{"name": "f"}])[0].shown == '{\n  "name": "f"\n}'


def test_a_judge_reads_all_of_it() -> None:
    assert transcript(turns(MESSAGES[2:6])) == (
        '[calls boil]\n{"minutes": 6.50, "eggs":1}\n\n'
        '[calls boil]\n{"minutes": 7, "eggs": 2}\n\n'
        '[tool]\n{"done": "\\u00fc <i>"}\n\n'.replace("[tool]", "[tool boil]")
        + "[tool boil]\nDone.\n\n[assistant]\nBoth are done."
    )
