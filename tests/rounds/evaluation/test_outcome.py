from types import SimpleNamespace

import pytest

from measures.intervals import Estimate, mean
from rounds.evaluation.outcome import (
    Outcome,
    Pair,
    mean_over_prompts,
    most_changed,
    win_share,
)


def pair(before: float | None, after: float | None, *, prompt: int = 0) -> Pair:
    """Two samples of which only the rewards and the prompt matter."""
    return Pair(
        before=SimpleNamespace(reward=before, prompt_id=prompt),
        after=SimpleNamespace(reward=after, prompt_id=prompt),
    )


def test_ties_count_half_and_missing_rewards_not_at_all() -> None:
    rewards = [(0, 1), (0, 1), (1, 1), (1, 0), (None, 1)]
    share = win_share([pair(*both, prompt=place) for place, both in enumerate(rewards)])

    assert share is not None
    assert (share.value, share.n) == (0.625, 4)
    assert win_share([pair(None, None)]) is None


def test_several_texts_of_a_prompt_are_one_witness() -> None:
    share = win_share([pair(0, 1, prompt=1), pair(0, 1, prompt=1), pair(1, 0, prompt=2)])

    assert share is not None
    assert (share.value, share.n) == (0.5, 2)


def test_a_mean_averages_each_prompt_first() -> None:
    found = mean_over_prompts([(1, 1.0), (1, 3.0), (2, 4.0), (3, 6.0), (4, None)])

    assert found == mean([2.0, 4.0, 6.0])
    assert mean_over_prompts([(1, 1.0), (1, 3.0), (2, 4.0), (3, None)]) is None


def test_the_largest_changes_come_worst_first() -> None:
    pairs = [pair(0, change) for change in (1, -5, 0.5, 9, -2, 0.1, 0.2, 0.3, 0.4, 3, 4, 0.05)]

    assert [p.change for p in most_changed(pairs)] == [-5, -2, 0.2, 0.3, 0.4, 0.5, 1, 3, 4, 9]


@pytest.mark.parametrize(
    ("low", "high", "verdict"), [(0.51, 0.7, "yes"), (0.3, 0.49, "no"), (0.4, 0.6, "unclear")]
)
def test_a_verdict_needs_an_interval_on_one_side(low: float, high: float, verdict: str) -> None:
    outcome = Outcome(
        evaluation=SimpleNamespace(),
        columns=[],
        pairs=[],
        pair_count=0,
        prompts=0,
        sft=None,
        is_own_judge=False,
        change=None,
        wins=Estimate(value=0.5, low=low, high=high, n=9),
        reward_model={},
    )

    assert outcome.verdict == verdict
