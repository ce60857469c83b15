"""Names in exports, given or made from words."""

import pytest

from labeling.kinds.naming import named


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([("", "Kind words"), ("", "Kind, words!")], ["kind_words", "kind_words_2"]),
        ([("", "Is it so?"), ("is_it_so", "x")], ["is_it_so_2", "is_it_so"]),
        ([("", "好"), ("", "2 eggs")], ["thing", "thing_2_eggs"]),
        ([("", "a " * 40)], ["a_a_a_a_a_a_a_a_a_a_a_a_a_a_a"]),
        ([("same", "x"), ("same", "y")], None),
    ],
)
def test_each_has_a_name_of_its_own(rows: list[tuple[str, str]], found: list[str] | None) -> None:
    assert named(rows, otherwise="thing") == found
