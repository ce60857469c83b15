import math
from itertools import repeat

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.sprt import Design, Verdict, decide, expected_prompts, fixed_prompts

DESIGN = Design()


def test_bounds_and_steps_are_walds() -> None:
    assert (DESIGN.upper, DESIGN.lower) == (math.log(19), -math.log(19))
    assert DESIGN.increment(1) == pytest.approx(math.log(1.2))
    assert DESIGN.increment(0) == pytest.approx(math.log(0.8))
    assert DESIGN.increment(0.5) == pytest.approx(math.log(0.96) / 2)


def test_a_decision_is_told_at_its_prompt_and_stands() -> None:
    """17 wins in a row are enough (1.2**17 > 19), and so are 14 losses (0.8**14 < 1 / 19)."""
    outcomes = iter([1.0] * 17 + [0.0] * 100)

    won = decide(outcomes, DESIGN)

    assert won == Verdict(decision="better", prompts=17, ratio=pytest.approx(17 * math.log(1.2)))
    assert len(list(outcomes)) == 100
    assert (decide(repeat(0.0), DESIGN).decision, decide(repeat(0.0), DESIGN).prompts) == (
        "not better",
        14,
    )


def test_too_few_prompts_decide_nothing_and_ties_alone_say_not_better() -> None:
    assert decide([], DESIGN) == Verdict(decision="undecided", prompts=0, ratio=0)
    assert decide([1.0, 0.0] * 5, DESIGN).decision == "undecided"
    assert decide(repeat(0.5), DESIGN).decision == "not better"


@given(st.floats(0, 1))
def test_an_outcome_between_raises_the_ratio_no_more_than_a_coin_would(outcome: float) -> None:
    """So the expected ratio stays at most 1 where the mean outcome is 0.5: the bounds hold."""
    coin = outcome * 1.2 + (1 - outcome) * 0.8

    assert math.exp(DESIGN.increment(outcome)) <= coin + 1e-12


def paths(rate: float, ties: float) -> tuple[float, float]:
    """How often the test says better, and after how many prompts it ends: all paths added up."""
    chances = [1 - rate - ties / 2, ties, rate - ties / 2]  # of no, half and a whole point
    alive, better, prompts = np.ones(1), 0.0, 0.0
    for n in range(1, 1500):
        alive = np.convolve(alive, chances)  # by half points
        points = np.arange(len(alive)) / 2
        ratio = points * DESIGN.increment(1) + (n - points) * DESIGN.increment(0)
        over, ended = ratio >= DESIGN.upper, (ratio >= DESIGN.upper) | (ratio <= DESIGN.lower)
        better += alive[over].sum()
        prompts += n * alive[ended].sum()
        alive[ended] = 0
    return better, prompts


@pytest.mark.parametrize(("ties", "error", "prompts"), [(0, 0.0463, 136.6), (0.3, 0.0131, 146.6)])
def test_both_errors_are_at_most_5_percent_at_half_of_the_votes(
    ties: float, error: float, prompts: float
) -> None:
    wrong, _ = paths(0.5, ties)
    right, needed = paths(0.6, ties)

    assert wrong == pytest.approx(error, abs=1e-4)
    assert 1 - error < right < 1
    assert needed == pytest.approx(prompts, abs=0.1)
    assert needed < 0.65 * fixed_prompts(DESIGN)


def test_a_policy_that_wins_60_percent_is_found_as_often_as_the_paths_say() -> None:
    draw = np.random.default_rng(8)
    verdicts = [decide((draw.random(1500) < 0.6).astype(float), DESIGN) for _ in range(1000)]

    better = [verdict.decision == "better" for verdict in verdicts]
    assert np.mean(better) == pytest.approx(paths(0.6, 0)[0], abs=0.015)
    assert np.mean([v.prompts for v in verdicts]) == pytest.approx(136.6, abs=8)


@pytest.mark.parametrize(("rate", "exact"), [(0.5, 135.1), (0.6, 136.6)])
def test_expected_prompts_leave_out_only_the_last_step(rate: float, exact: float) -> None:
    assert exact - 6 < expected_prompts(DESIGN, rate) < exact


def test_the_longest_test_is_between_both_rates() -> None:
    between = -DESIGN.upper * DESIGN.lower / (-math.log(1.2) * math.log(0.8))
    undrifting = -math.log(0.8) / (math.log(1.2) - math.log(0.8))

    assert expected_prompts(DESIGN, undrifting) == pytest.approx(between)
    assert expected_prompts(DESIGN, undrifting + 1e-4) == pytest.approx(between, rel=1e-3)
    assert expected_prompts(DESIGN, undrifting - 1e-4) == pytest.approx(between, rel=1e-3)
    assert expected_prompts(DESIGN, 0.9) < 30


def test_a_fixed_design_needs_what_the_textbook_says() -> None:
    assert fixed_prompts(DESIGN) == 266
    assert fixed_prompts(Design(effect=0.55)) > 4 * 266 - 20


@pytest.mark.parametrize("odd", [{"effect": 0.5}, {"effect": 1}, {"false_better": 0.5}])
def test_odd_designs_and_outcomes_are_refused(odd: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="null < effect"):
        Design(**odd)
    with pytest.raises(ValueError, match="between 0"):
        DESIGN.increment(1.5)
