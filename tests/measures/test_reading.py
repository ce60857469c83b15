import math

import pytest

from measures.reading import SKIMMING, times_usual, units, usual_rate


def test_the_published_rates() -> None:
    """Brysbaert 2019 for English; Chinese in characters, where his review has about 260."""
    assert usual_rate("en") == 238
    assert usual_rate("zh-hans") == usual_rate("zh_CN") == pytest.approx(266.2, abs=0.1)
    assert usual_rate("DE") == pytest.approx(186.9, abs=0.1)
    assert usual_rate("tlh") is None


def test_words_are_counted_and_characters_of_chinese() -> None:
    assert units("Boil the egg — for 6 minutes.", "en") == 6
    assert units("把鸡蛋煮6分钟。", "zh-hans") == 7
    assert units("", "en") == 0


def test_a_page_is_read_faster_than_people_read() -> None:
    assert times_usual({"en": 238}, 60) == 1
    assert times_usual({"en": 476}, 60) == SKIMMING
    assert times_usual({"en": 119, "zh-hans": 266}, 90) == pytest.approx(1, abs=0.01)
    assert times_usual({"en": 10}, 0) == math.inf
    assert times_usual({"en": 0}, 0) == 0
    assert times_usual({"en": 10, "tlh": 10}, 60) is None
