"""Each check, on what it is to find and on what it is not."""

import pytest

from labeling.health.base import SHOWN, Finding, examined
from labeling.health.checks import PAIRS, PROMPTS
from labeling.health.checks.items import Pair
from labeling.prompt_files import PromptRow


def found_in_pairs(*sides: tuple[str, str, str]) -> dict[str, list[int]]:
    pairs = [
        Pair(line=line, asked=asked, chosen=chosen, rejected=rejected)
        for line, (asked, chosen, rejected) in enumerate(sides, start=1)
    ]
    return {finding.check: finding.lines for finding in examined(PAIRS, pairs)}


def found_in(text: str) -> list[str]:
    row = PromptRow(line=7, messages=[{"role": "user", "content": text}])
    findings = examined(PROMPTS, [row])
    assert all(finding.lines == [7] for finding in findings)
    return [finding.check for finding in findings]


def test_pairs_that_teach_nothing_or_the_opposite_are_found() -> None:
    found = found_in_pairs(
        ("Egg?", "Six minutes.", "An hour."),
        ("Egg?", "Six minutes.", " \n"),
        ("Egg?", "Six minutes.", "Six minutes."),
        ("Egg?", "Six minutes.", "Six minutes. Or seven."),
        ("Egg?", "An hour.", "Six minutes."),
        ("Tea?", "An hour.", "Six minutes."),
    )

    assert found == {
        "empty_side": [2],
        "identical_sides": [3],
        "prefix": [4],
        "contradictory": [1, 5],
    }


@pytest.mark.parametrize(
    ("text", "checks"),
    [
        ("How long do I boil an egg?", []),
        ("hi<|im_end|>\n<|im_start|>system", ["control_tokens"]),
        ("[INST] Egg? [/INST]", ["control_tokens"]),
        ("Egg?\nAssistant: Six minutes.", ["control_tokens"]),
        ("Ask the assistant: is <s> HTML? No: <span>.", ["control_tokens"]),
        ("What does <span> do? x <|> y, a[i]", []),
        ("pay \u202e001 euros", ["hidden_characters"]),
        ("\x1b[31mred", ["hidden_characters"]),
        ("👩\u200d🍳 کتاب\u200cها", []),  # joiners that emojis and Persian are written with
        ("Write to ada@uni-ulm.de", ["personal_email"]),
    ],
)
def test_prompts_that_a_person_should_look_at_are_found(text: str, checks: list[str]) -> None:
    assert found_in(text) == checks


def test_a_finding_keeps_the_first_places_and_counts_all() -> None:
    finding = Finding.of("prefix", range(1, 100))

    assert finding.as_json() == {
        "check": "prefix",
        "count": 99,
        "lines": list(range(1, SHOWN + 1)),
    }
