import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.intervals import wilson
from measures.judge import accuracy, consistency, kappa, of_both_orders

verdicts = st.lists(st.sampled_from([0.0, 0.5, 1.0]), max_size=12)


def test_a_verdict_that_turns_with_the_order_is_a_tie() -> None:
    assert of_both_orders(1, 0) == 1  # the same text, in either place
    assert of_both_orders(0, 1) == 0
    assert of_both_orders(1, 1) == 0.5  # the first place, whatever stands there
    assert of_both_orders(0.5, 0) == 0.5
    assert of_both_orders(0.5, 0.5) == 0.5


def test_consistency_is_the_share_of_pairs_that_keep_their_verdict() -> None:
    assert consistency([1, 1, 0.5, 0], [0, 1, 0.5, 1]) == wilson(0.75, 4)
    assert consistency([], []) is None


def test_accuracy_is_of_pairs_on_which_people_had_a_preference() -> None:
    assert accuracy([1, 0, 0.5, 0.5, 1], [1, 1, 1, 0.5, 0.5]) == wilson(1.5 / 3, 3)
    assert accuracy([1], [0.5]) is None


def test_kappa_is_the_published_one() -> None:
    """Grants: both yes 20, only one 5 and 10, both no 15 give 0.4; Cohen's three sorts, 0.492."""
    grants = [(1, 1)] * 20 + [(1, 0)] * 5 + [(0, 1)] * 10 + [(0, 0)] * 15
    cohen = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
    sorts = [(i, j) for i in range(3) for j in range(3) for _ in range(cohen[i][j])]

    assert kappa(*zip(*grants, strict=True)) == pytest.approx(0.4)
    assert kappa(*zip(*sorts, strict=True)) == pytest.approx(0.492, abs=5e-4)
    assert kappa([], []) is None
    assert kappa([1, 1], [1, 1]) is None


@given(verdicts)
def test_kappa_of_anybody_with_themselves_is_1(one: list[float]) -> None:
    assert kappa(one, one) == (1 if len(set(one)) > 1 else None)
