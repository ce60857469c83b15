import math
from itertools import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.verdict import figures, paths
from measures.sprt import Design, Verdict, decide, expected_prompts, fixed_prompts

DESIGN = Design()
FIXED = fixed_prompts(Design(false_better=0.05, false_not=0.05))


def test_bounds_and_steps_are_walds() -> None:
    assert (DESIGN.upper, DESIGN.lower) == pytest.approx((math.log(24), -math.log(24)))
    assert DESIGN.increment(1) == pytest.approx(math.log(1.2))
    assert DESIGN.increment(0) == pytest.approx(math.log(0.8))
    assert DESIGN.increment(0.5) == pytest.approx(math.log(0.96) / 2)


def test_a_decision_is_told_at_its_prompt_and_stands() -> None:
    """18 wins in a row are enough (1.2**18 > 24), and so are 15 losses (0.8**15 < 1 / 24)."""
    outcomes = iter([1.0] * 18 + [0.0] * 100)

    won = decide(outcomes, DESIGN)

    assert won == Verdict(decision="better", prompts=18, ratio=pytest.approx(18 * math.log(1.2)))
    assert len(list(outcomes)) == 100
    assert (decide(repeat(0.0), DESIGN).decision, decide(repeat(0.0), DESIGN).prompts) == (
        "not better",
        15,
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


@pytest.mark.parametrize(("ties", "error", "prompts"), [(0, 0.0370, 150.1), (0.3, 0.0094, 159.1)])
def test_both_errors_are_at_most_5_percent_at_half_of_the_votes(
    ties: float, error: float, prompts: float
) -> None:
    wrong, _ = paths(rate=0.5, ties=ties)
    right, needed = paths(rate=0.6, ties=ties)

    assert wrong == pytest.approx(error, abs=1e-4)
    assert 1 - error < right < 1
    assert needed == pytest.approx(prompts, abs=0.1)
    assert needed < 0.65 * FIXED


def test_a_policy_that_wins_60_percent_is_found_as_often_as_the_paths_say() -> None:
    """benchmarks/verdict.py in small: 300 policies; its docs have 1,000 and more rates."""
    found = figures(rate=0.6, ties=0.0, policies=300)

    assert found["better"] == pytest.approx(paths(rate=0.6, ties=0)[0], abs=0.03)
    assert found["prompts"] == pytest.approx(150.1, abs=15)
    assert found["undecided"] == 0
    assert figures(rate=0.5, ties=0.0, policies=300)["better"] == pytest.approx(0.037, abs=0.03)


@pytest.mark.parametrize(("rate", "exact"), [(0.5, 148.6), (0.6, 150.1)])
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
    assert FIXED == 266
    assert fixed_prompts(Design(effect=0.55, false_better=0.05, false_not=0.05)) > 4 * 266 - 20


@pytest.mark.parametrize("odd", [{"effect": 0.5}, {"effect": 1}, {"false_better": 0.5}])
def test_odd_designs_and_outcomes_are_refused(odd: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="null < effect"):
        Design(**odd)
    with pytest.raises(ValueError, match="between 0"):
        DESIGN.increment(1.5)
