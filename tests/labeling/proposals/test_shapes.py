"""What a proposal is made of becomes messages, or it is said what is missing."""

from typing import Any

import pytest

from core.errors import BadInputError
from labeling.proposals import shapes
from tests.labeling.proposals.made import SHOTS, SHOTS_TEXT

NAMED = {"language": "en", "use_case": ""}


def messages(form: str, **sent: Any) -> list[dict[str, str]]:
    return shapes.read(form, {**NAMED, **sent}).messages()


@pytest.mark.parametrize("form", ["plain", "user_based"])
def test_turns_are_kept_to_the_letter_and_empty_ones_at_the_end_are_none(form: str) -> None:
    said = messages(form, turns=["  Hi\n", "Hello.", "\tWhy?\r\n ", "", " "])

    assert said == [
        {"role": "user", "content": "  Hi\n"},
        {"role": "assistant", "content": "Hello."},
        {"role": "user", "content": "\tWhy?\r\n "},
    ]


@pytest.mark.parametrize(
    ("turns", "problem"),
    [
        ([], "The prompt is empty."),
        ([" "], "The prompt is empty."),
        (["Hi", "Hello."], "The last turn is the assistant’s"),
        (["Hi", "", "Why?"], "A turn is empty."),
        (["a"] * 51, "A prompt has at most 50 turns."),
        (["a" * 32_001], "longer than 32000 characters"),
    ],
)
def test_turns_that_are_no_prompt(turns: list[str], problem: str) -> None:
    with pytest.raises(BadInputError, match=problem):
        messages("plain", turns=turns)


def test_a_few_shot_prompt_is_one_message() -> None:
    assert messages("few_shot", **SHOTS) == [{"role": "user", "content": SHOTS_TEXT}]


def test_a_wide_colon_has_no_blank_after_it_and_empty_examples_are_none() -> None:
    pairs = [["一", "1"], ["", " "], ["二\n三", "2 3"]]
    sent = {"instruction": "译", "pairs": pairs, "query": "四", "labels": ["输入：", "输出："]}

    assert messages("few_shot", **sent)[0]["content"] == (
        "译\n\n输入：一\n输出：1\n\n输入：二\n三\n输出：2 3\n\n输入：四\n输出："
    )


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"instruction": " "}, "The instruction is empty."),
        ({"pairs": [["cow", "grass"]]}, "Write 2 to 20 examples."),
        ({"pairs": [["cow", "grass"]] * 21}, "Write 2 to 20 examples."),
        ({"pairs": [["cow", "grass"], ["cat", ""]]}, "An example needs both"),
        ({"pairs": [["cow", "grass"], ["cat", "mice", "fish"]]}, "An example needs both"),
        ({"query": ""}, "The last query is empty."),
        ({"labels": ["Animal:", " "]}, "Both labels are needed"),
        ({"labels": ["Animal:", "x" * 41]}, "Both labels are needed"),
    ],
)
def test_shots_that_are_no_prompt(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(BadInputError, match=problem):
        messages("few_shot", **{**SHOTS, **change})


@pytest.mark.parametrize(
    "sent",
    [{"turns": "Hi"}, {"turns": [1]}, {"turns": ["Hi"], "more": 1}, SHOTS, {"language": "x" * 11}],
)
def test_what_no_page_sends_is_refused(sent: dict[str, Any]) -> None:
    with pytest.raises(BadInputError, match="cannot be taken"):
        shapes.read("plain", {**NAMED, **sent})
