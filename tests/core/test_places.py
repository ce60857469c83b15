"""Numbers at places of JSON."""

from typing import Any

import pytest

from core.places import replaced


@pytest.mark.parametrize(
    ("said", "place", "after"),
    [
        (7, "", 17),
        ("7", "", "17"),
        (True, "", True),
        (None, "", None),
        ({"better": 7, "strength": 2}, "better", {"better": 17, "strength": 2}),
        ({"better": None}, "better", {"better": None}),
        ({"tiers": [[7], [8, 9]], "n": 7}, "tiers.*.*", {"tiers": [[17], [18, 19]], "n": 7}),
        ([[7, 2], [8, 3]], "*.0", [[17, 2], [18, 3]]),
        ({"ranking": {"7": 4, "x": 1}}, "*.@", {"ranking": {"17": 4, "x": 1}}),
        ({"texts": "none"}, "texts.*.completion", {"texts": "none"}),
        ([{"model": "7"}, {"model": "seven"}], "*.model", [{"model": "17"}, {"model": "seven"}]),
    ],
)
def test_what_stands_there_is_replaced_and_nothing_else(said: Any, place: str, after: Any) -> None:
    assert replaced(said, place, lambda number: number + 10) == after
