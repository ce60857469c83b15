"""PPO's own update, on policies small enough that the best one is known exactly.

The optimum of E[r] - beta KL(pi, ref) is pi* ~ ref exp(r / beta), worth beta log Z.
"""

import pytest
import torch
from torch import Tensor

from tests.training.ppo.world import (
    ANY,
    BETA,
    COUNTING,
    REFERENCES,
    STOPPING,
    UNEVEN,
    Score,
    count_of_two,
    drawn_score,
    train,
    worth,
)
from training import losses
from training.ppo.spec import OTHERS, VALUES
from training.rows import Rows


@pytest.mark.parametrize("reference", REFERENCES, ids=["uniform", "uneven"])
def test_counting_a_token_ends_at_the_closed_form(reference):
    """Each step is a draw of its own: p(two) ~ ref(two) e^(1/beta), and all is known on paper."""
    policy = train(COUNTING, Score(count_of_two), reference, kl_coef=BETA, steps=80)

    got = worth(COUNTING, policy, Score(count_of_two), reference, kl_coef=BETA)
    ref = reference.softmax(0).double()
    tilted = ref * torch.tensor([1.0, 1.0, torch.e ** (1 / BETA), 1.0])
    best = tilted / tilted.sum()
    assert got.score == pytest.approx(5 * float(best[2]), rel=0.02)
    assert got.kl == pytest.approx(5 * float((best * (best / ref).log()).sum()), rel=0.02)


def test_temperature_is_part_of_the_policy_that_is_optimised():
    """At T = 0.7 the sampled distribution is softmax(logits / 0.7), in policy and reference."""
    score, reference = Score(count_of_two), torch.tensor([0.5, 0.0, -0.3, 0.3])
    policy = train(COUNTING, score, reference, kl_coef=BETA, temperature=0.7, steps=80)

    got = worth(COUNTING, policy, score, reference, kl_coef=BETA, temperature=0.7)
    assert got.score == pytest.approx(got.best_score, rel=0.02)
    assert got.kl == pytest.approx(got.best_kl, rel=0.02)


@pytest.mark.parametrize("each", [1, 2, 4], ids=["values", "the other", "three others"])
@pytest.mark.parametrize("world", [ANY, STOPPING], ids=["625 of four", "341 that stop"])
def test_any_score_ends_at_the_closed_form(world, each):
    """Whatever a rollout has to be better than, as long as it has no part in it."""
    baseline = VALUES if each == 1 else OTHERS
    policy = train(
        world, drawn_score(world), UNEVEN, kl_coef=BETA, baseline=baseline, rollouts_per_prompt=each
    )

    got = worth(world, policy, drawn_score(world), UNEVEN, kl_coef=BETA)
    assert 0.98 * got.optimum <= got.objective <= got.optimum


def k3_in_the_reward(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(losses, "kl_k1", losses.kl_k3)


def pads_by_id(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pad is the stop token, as in SmolLM2: the mask loses the decision to stop."""
    right = Rows.response_mask

    def by_id(rows: Rows, width: int | None = None) -> Tensor:
        mask = right(rows, width)
        tokens = rows.ids[:, 1:]
        real = torch.zeros_like(mask)
        real[:, : tokens.shape[1]] = tokens != STOPPING.stop
        real[:, 0] = True  # a response of one token is left something
        return mask & real

    monkeypatch.setattr(Rows, "response_mask", by_id)


def score_one_token_late(monkeypatch: pytest.MonkeyPatch) -> None:
    right = losses.token_rewards

    def late(scores: Tensor, *args: Tensor, **kwargs: float) -> Tensor:
        mask = args[2]
        rewards = right(torch.zeros_like(scores), *args, **kwargs)
        after = torch.zeros(len(mask), mask.shape[1] + 1).scatter(
            1, mask.sum(1, keepdim=True), scores[:, None]
        )
        return rewards + after[:, :-1]

    monkeypatch.setattr(losses, "token_rewards", late)


def a_baseline_with_a_part_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mean of all rollouts of a prompt less twice each one's own: it is no baseline."""

    def wrong(totals: Tensor, each: int) -> Tensor:
        return totals.view(-1, each).mean(1).repeat_interleave(each) + 2 * totals

    monkeypatch.setattr(losses, "leave_one_out", wrong)


OF_TWO = {"baseline": OTHERS, "rollouts_per_prompt": 2}


@pytest.mark.parametrize(
    ("mutate", "given"),
    [
        (k3_in_the_reward, {}),
        (k3_in_the_reward, OF_TWO),
        (pads_by_id, {}),
        (score_one_token_late, {}),
        (a_baseline_with_a_part_in_it, OF_TWO),
    ],
)
def test_a_wrong_update_misses_the_closed_form(mutate, given, monkeypatch):
    mutate(monkeypatch)
    policy = train(STOPPING, drawn_score(STOPPING), UNEVEN, kl_coef=BETA, **given)
    monkeypatch.undo()

    got = worth(STOPPING, policy, drawn_score(STOPPING), UNEVEN, kl_coef=BETA)
    assert got.objective < 0.98 * got.optimum


def test_sampling_at_another_temperature_than_the_updates_misses_the_closed_form():
    score, reference = Score(count_of_two), torch.tensor([0.5, 0.0, -0.3, 0.3])
    policy = train(COUNTING, score, reference, kl_coef=BETA, sampled_at=0.7, steps=80)

    got = worth(COUNTING, policy, score, reference, kl_coef=BETA, temperature=0.7)
    assert got.kl > 1.1 * got.best_kl or got.objective < 0.98 * got.optimum
