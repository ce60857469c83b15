"""The letters that kinds give leave the page its own."""

from labeling.kinds import keys
from labeling.kinds.critique import showing
from labeling.kinds.critique.settings import MOST_SEVERITIES


def test_free_letters_are_none_of_the_page_s() -> None:
    assert "".join(keys.free()) == "abcdehjklmnopqtwxyz"
    assert keys.free("vwx") == ["w", "x"]


def test_each_severity_has_such_a_letter() -> None:
    assert "".join(showing.LETTERS) == "zxcb"
    assert len(showing.LETTERS) == MOST_SEVERITIES
