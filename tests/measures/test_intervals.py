import random
from dataclasses import replace
from statistics import fmean, stdev

import pytest

from measures.intervals import Estimate, binomial_p, mean, wilson, wilson_of


@pytest.mark.parametrize(
    ("share", "n", "low", "high"),
    [(0.7, 10, 0.3968, 0.8922), (0.65, 100, 0.5525, 0.7364), (0.0, 10, 0.0, 0.2775)],
)
def test_wilson_is_the_published_interval(share: float, n: int, low: float, high: float) -> None:
    found = wilson(share, n)

    assert (found.value, found.n) == (share, n)
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_a_certain_share_has_no_bound_beyond_1() -> None:
    assert wilson(1.0, 10).high == pytest.approx(1.0)
    assert wilson(1.0, 10).high <= 1.0


def test_units_of_one_outcome_have_the_interval_of_wilson() -> None:
    assert wilson_of([1.0] * 7 + [0.0] * 3, each=1) == wilson(0.7, 10)
    assert wilson_of([1.0] * 10, each=1) == wilson(1.0, 10)


def test_units_whose_outcomes_do_not_differ_count_once() -> None:
    found = wilson_of([1.0] * 7 + [0.0] * 3, each=4)

    assert found == wilson(0.7, 10)


def test_units_of_independent_outcomes_count_for_each() -> None:
    assert wilson_of([0.75] * 10, each=4) == replace(wilson(0.75, 40), n=10)


@pytest.mark.parametrize(("spread", "each"), [(0.0, 1), (0.0, 2), (0.15, 4), (0.4, 2), (0.4, 4)])
def test_the_interval_holds_the_truth_in_95_of_100_worlds(spread: float, each: int) -> None:
    """Units differ by `spread` in how often they win; the interval has to know of both."""
    dice = random.Random(0)
    held = widths = singles = 0.0
    for _world in range(400):
        rates = [0.6 + dice.choice([-spread, spread]) for _ in range(100)]
        shares = [fmean(dice.random() < rate for _ in range(each)) for rate in rates]
        found = wilson_of(shares, each=each)
        held += found.low <= 0.6 <= found.high
        widths += found.high - found.low
        singles += wilson(found.value, 100).high - wilson(found.value, 100).low

    assert 0.93 <= held / 400 <= 0.98
    assert widths <= singles * (1 + 1e-9)


def test_an_interval_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a share"):
        wilson_of([], each=1)


@pytest.mark.parametrize(
    ("successes", "n", "rate", "p"),
    [
        (682, 925, 0.75, 0.38249156),  # R's own example: Mendel's giant and dwarf plants
        (0, 10, 0.5, 2 / 1024),
        (5, 10, 0.5, 1.0),
        (1, 4, 1 / 3, 1.0),
        (2, 5, 0.5, 1.0),  # 3 of 5 is as likely but for rounding
        (9, 12, 0.25, 0.0003916621),  # scipy.stats.binomtest
    ],
)
def test_the_exact_test_is_that_of_r(successes: int, n: int, rate: float, p: float) -> None:
    assert binomial_p(successes, n, rate) == pytest.approx(p, rel=1e-6)


@pytest.mark.parametrize(("successes", "n", "rate"), [(3, 2, 0.5), (-1, 2, 0.5), (1, 2, 1.0)])
def test_impossible_counts_are_refused(successes: int, n: int, rate: float) -> None:
    with pytest.raises(ValueError, match="binomial count"):
        binomial_p(successes, n, rate)


@pytest.mark.parametrize(
    ("values", "quantile"),
    [([1, 2, 6], 4.3027), ([1, 2, 3, 4], 3.1824), ([0, 2] * 5, 2.2622), ([0, 2] * 50, 1.9842)],
)
def test_a_mean_has_the_interval_of_student(values: list[float], quantile: float) -> None:
    found = mean(values)

    half = quantile * stdev(values) / len(values) ** 0.5
    assert isinstance(found, Estimate)
    assert (found.value, found.n) == (fmean(values), len(values))
    assert found.high - found.value == pytest.approx(half, rel=0.01)
    assert found.value - found.low == pytest.approx(half, rel=0.01)


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 2.0]])
def test_a_mean_of_next_to_nothing_has_no_interval(values: list[float]) -> None:
    assert mean(values) is None
