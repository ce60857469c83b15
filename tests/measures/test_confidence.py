from itertools import pairwise

import numpy as np
import pytest

from measures.confidence import sequence


def test_it_is_that_of_the_authors() -> None:
    """hedged_cs(x, breaks=1000) of their package, confseq 0.0.11."""
    found = sequence([1, 0, 1, 0.5, 1, 1, 0, 1, 1, 0.5] * 12)

    assert {e.n: (e.low, e.high) for e in found if e.n in {1, 10, 30, 60, 120}} == {
        1: (0.0, 1.0),
        10: pytest.approx((0.302, 0.978)),
        30: pytest.approx((0.473, 0.881)),
        60: pytest.approx((0.539, 0.842)),
        120: pytest.approx((0.582, 0.81)),
    }
    assert found[-1].value == pytest.approx(0.7)


def test_whoever_looks_after_each_prompt_is_wrong_in_at_most_5_percent() -> None:
    draw = np.random.default_rng(3)
    missed = 0
    for _ in range(100):
        outcomes = draw.choice([1.0, 0.5, 0.0], p=[0.5, 0.2, 0.3], size=150)
        last = sequence(outcomes)[-1]  # which lies within all before
        missed += not last.low <= 0.6 <= last.high

    assert missed <= 5


def test_each_interval_lies_within_the_one_before() -> None:
    found = sequence(np.random.default_rng(4).random(300))

    assert all(b.low >= a.low and b.high <= a.high for a, b in pairwise(found))
    assert found[-1].high - found[-1].low < 0.16


def test_what_is_no_outcome_is_refused() -> None:
    assert sequence([]) == []
    for odd in ([1.5], [-0.1], [float("nan")]):
        with pytest.raises(ValueError, match="between 0"):
            sequence(odd)


def test_certain_outcomes_leave_the_other_end() -> None:
    last = sequence([1.0] * 100)[-1]

    assert (last.value, last.high) == (1.0, 1.0)
    assert last.low > 0.9
