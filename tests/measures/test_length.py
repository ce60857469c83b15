import numpy as np
import pytest

from measures.length import length_preference

COUNT = 40
FIRST = [40 + (i * 37) % 90 for i in range(COUNT)]
SECOND = [50 + (i * 53) % 70 for i in range(COUNT)]
PREFERRED = [
    1.0 if (i * i + FIRST[i] - SECOND[i]) % 5 > 1 else 0.5 if i % 7 == 0 else 0.0
    for i in range(COUNT)
]
PROMPTS = [i // 3 for i in range(COUNT)]


def test_slope_and_error_are_those_of_statsmodels() -> None:
    """GLM, binomial, no constant, cov_type="cluster" without correction, times G / (G - 1)."""
    found = length_preference(FIRST, SECOND, PREFERRED, PROMPTS)

    assert found is not None
    assert found.slope == pytest.approx(1.4473449, abs=1e-6)
    assert found.error == pytest.approx(0.96910523, abs=1e-6)
    assert found.odds.value == pytest.approx(2**1.4473449, abs=1e-5)
    assert (found.pairs, found.odds.n) == (40, 14)


def test_which_text_is_called_the_first_does_not_matter() -> None:
    swapped = length_preference(SECOND, FIRST, [1 - y for y in PREFERRED], PROMPTS)

    assert swapped == length_preference(FIRST, SECOND, PREFERRED, PROMPTS)


def test_a_preference_is_found_again_and_its_interval_is_right() -> None:
    """Of 200 simulations with prompts that differ in slope, about 95 % of intervals hold 2**0.8."""
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(200):
        prompts = np.repeat(np.arange(60), 6)
        first, second = rng.lognormal(4, 0.5, (2, 360))
        slopes = 0.8 + rng.normal(0, 0.2, 60)[prompts]
        chance = 1 / (1 + np.exp(-slopes * np.log(first / second)))
        found = length_preference(first, second, rng.random(360) < chance, prompts)
        assert found is not None
        held += found.odds.low < 2**0.8 < found.odds.high

    assert 180 <= held <= 198


@pytest.mark.parametrize(
    ("first", "second", "preferred", "prompts"),
    [
        ([], [], [], []),
        ([2, 3], [1, 1], [1, 0], ["a", "a"]),
        ([2, 2], [2, 2], [1, 0], ["a", "b"]),
        ([2, 1], [1, 3], [1, 0], ["a", "b"]),  # always the longer one
    ],
)
def test_no_finite_slope_is_no_figure(
    first: list[float], second: list[float], preferred: list[float], prompts: list[str]
) -> None:
    assert length_preference(first, second, preferred, prompts) is None


def test_a_slope_that_few_answers_tell_has_a_wide_interval() -> None:
    found = length_preference([2.0] * 30, [1.999] * 30, [1.0] * 29 + [0.0], range(30))

    assert found is not None
    assert found.odds.high > 1e100
