import numpy as np
import pytest

from measures.bootstrap import beyond_chance, clustered, interval, ratio, resampled
from measures.intervals import wilson


def test_answers_to_one_prompt_are_one_cluster() -> None:
    rows = [[1.0, 1.0], [0.0, 1.0], [1.0, 1.0]]

    assert clustered(["b", "a", "b"], rows).tolist() == [[2.0, 2.0], [0.0, 1.0]]


def test_the_interval_of_a_rate_is_near_that_of_wilson() -> None:
    sums = np.array([[1.0, 1.0]] * 130 + [[0.0, 1.0]] * 70)

    found = interval(sums, ratio)

    assert found is not None
    assert (found.value, found.n) == (0.65, 200)
    exact = wilson(0.65, 200)
    assert (found.low, found.high) == (
        pytest.approx(exact.low, abs=0.01),
        pytest.approx(exact.high, abs=0.01),
    )


def test_copies_of_an_answer_do_not_narrow_the_interval() -> None:
    once = np.array([[1.0, 1.0]] * 13 + [[0.0, 1.0]] * 7)

    assert interval(once * 5, ratio) == interval(once, ratio)


def test_the_same_sums_have_the_same_interval() -> None:
    sums = np.random.default_rng(1).random((50, 2))

    assert interval(sums, beyond_chance) == interval(sums, beyond_chance)
    assert interval(sums, ratio, seed=1) != interval(sums, ratio)
    assert resampled(sums, resamples=3).shape == (3, 2)
    assert resampled(np.ones((7, 1)), resamples=5).tolist() == [[7.0]] * 5


def test_what_is_not_defined_has_no_interval() -> None:
    assert interval(np.zeros((0, 2)), ratio) is None
    assert interval(np.zeros((4, 2)), ratio) is None
    one_of_two = interval(np.array([[1.0, 2.0], [0.0, 0.0]]), ratio)
    assert one_of_two is not None
    assert (one_of_two.value, one_of_two.low, one_of_two.high) == (0.5, 0.5, 0.5)
