import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.texts import similarity


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("kitten", "sitting", 1 - 3 / 7),  # Levenshtein's textbook pair
        ("把鸡蛋放入沸水", "把鸡蛋放进沸水", 1 - 1 / 7),
        ("", "", 1.0),
        ("", "abc", 0.0),
        ("caf\u00e9  au\nlait", "cafe\u0301 au lait ", 1.0),
    ],
)
def test_similarity_is_one_less_edits_over_length(one: str, other: str, alike: float) -> None:
    assert similarity(one, other) == pytest.approx(alike)


@given(st.text(max_size=30), st.text(max_size=30))
def test_similarity_has_no_direction(one: str, other: str) -> None:
    assert similarity(one, other) == pytest.approx(similarity(other, one))
    assert 0 <= similarity(one, other) <= 1
    assert similarity(one, one) == 1
