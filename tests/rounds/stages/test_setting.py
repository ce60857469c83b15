"""A setting is read in words, wherever it is shown."""

import pytest
from django.utils import translation

from rounds.stages import launchable
from rounds.stages.setting import LOWER_TWO_THIRDS, Setting, told

SETTINGS = [setting for stage in launchable().values() for setting in stage.settings]
TIES = next(setting for setting in SETTINGS if setting.name == "ties")


def test_values_without_words_are_told_as_written() -> None:
    assert [told(v) for v in (1e-5, 0.05, True, False, "green", 3, -1.0, -1, 2**31 - 1)] == [
        "1e-5",
        "0.05",
        "yes",
        "no",
        "green",
        "3",
        "−1",
        "−1",
        "2147483647",
    ]


def test_a_number_that_stands_for_something_else_says_so() -> None:
    frozen = {s.told(LOWER_TWO_THIRDS) for s in SETTINGS if s.name == "frozen_layers"}

    assert frozen == {"two thirds of the layers"}
    assert {s.told(4) for s in SETTINGS if s.name == "frozen_layers"} == {"4"}


@pytest.mark.parametrize("setting", [s for s in SETTINGS if s.is_choice or s.words])
def test_words_are_in_the_readers_language(setting: Setting) -> None:
    english = {value: setting.told(value) for value in setting.words}
    with translation.override("zh-hans"):
        chinese = {value: setting.told(value) for value in setting.words}

    assert {setting.cpu, setting.instructgpt} <= {*setting.words, *_numbers(setting)}
    assert not set(english.values()) & set(chinese.values())
    assert not set(setting.words) & set(english.values())


def test_what_cannot_be_chosen_is_told_in_words() -> None:
    assert TIES.error("none") is None
    assert TIES.error("both") == "Choose one of: a tie teaches nothing, both get the same score."


def _numbers(setting: Setting) -> set[object]:
    return set() if setting.is_choice else {setting.cpu, setting.instructgpt}
