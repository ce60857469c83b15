"""JSON in one object around the entries, and what is no such object."""

import json

import pytest

from core.errors import BadInputError
from labeling.prompt_files import parse_prompts


@pytest.mark.parametrize("indent", [None, 2])
def test_one_object_with_one_array_holds_the_entries(indent: int | None) -> None:
    whole = {"version": 1, "about": {"x": []}, "data": [{"prompt": "a"}, {"prompt": "b", "k": 1}]}

    preview = parse_prompts(json.dumps(whole, indent=indent).encode())

    assert preview.errors == []
    assert [(row.last_text, row.metadata) for row in preview.rows] == [("a", {}), ("b", {"k": 1})]


def test_its_bad_entries_are_named_by_their_lines() -> None:
    raw = b'{"data": [\n{"prompt": "a"},\n{"prompt": "b", "prompt": "c"},\n5],\n"x": 1}'

    preview = parse_prompts(raw)

    assert [row.last_text for row in preview.rows] == ["a"]
    assert [str(error) for error in preview.errors] == [
        "line 3: the object has the key “prompt” twice",
        "line 4: this is not a JSON object",
    ]


@pytest.mark.parametrize(
    "whole",
    [
        {"prompt": "a", "tags": [1]},
        {"messages": [{"role": "user", "content": "a"}]},
    ],
)
def test_one_entry_is_no_object_around_entries(whole: object) -> None:
    preview = parse_prompts(json.dumps(whole).encode())

    assert ([row.last_text for row in preview.rows], preview.errors) == (["a"], [])


def test_two_arrays_are_not_chosen_from() -> None:
    preview = parse_prompts(b'{"train": [{"prompt": "a"}], "test": [{"prompt": "b"}]}')

    assert [str(e) for e in preview.errors] == ["line 1: it needs either “prompt” or “messages”"]


def test_a_deep_object_is_told() -> None:
    with pytest.raises(BadInputError, match="nested too deeply"):
        parse_prompts(b'{"a":' * 100_000)
