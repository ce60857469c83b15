"""A value network that starts as a reward model misjudges unfinished texts: it learns first."""

from dataclasses import replace

import pytest
import torch

from tests.training.ppo.setting import SPEC, drawn_rows, experience_of
from tests.training.ppo.world import (
    ALONE,
    BETA,
    STOPPING,
    UNEVEN,
    TableCritic,
    drawn_score,
    train,
    worth,
)
from training.ppo.experience import describe
from training.ppo.update import Optimisers, update
from training.rows import trained

WARM = 12


def wrong_critic() -> TableCritic:
    """Values that have nothing to do with what comes of a text, and are low."""
    critic = TableCritic(STOPPING)
    noise = torch.randn(STOPPING.size, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        critic.table += noise - 1.0
    return critic


@pytest.mark.parametrize("lam", [1.0, 0.95])
def test_values_explain_something_once_they_have_learned_and_the_policy_waits(lam):
    explained, moved = [], []

    def watch(step, policy, experience):
        stats = describe(experience, kl_coef=BETA, processes=ALONE)
        explained.append(stats["explained_variance"])
        moved.append(not torch.equal(policy.table[0], UNEVEN))

    policy = train(
        STOPPING, drawn_score(STOPPING), UNEVEN, kl_coef=BETA, steps=50 + WARM, watch=watch,
        critic=wrong_critic(), value_warmup_steps=WARM, gae_lambda=lam,
    )  # fmt: skip

    assert explained[0] < -0.3
    assert min(explained[WARM:]) > 0
    assert moved[: WARM + 1] == [False] * (WARM + 1)
    assert all(moved[WARM + 1 :])
    got = worth(STOPPING, policy, drawn_score(STOPPING), UNEVEN, kl_coef=BETA)
    assert 0.98 * got.optimum <= got.objective <= got.optimum


def test_without_it_the_first_policy_learns_from_values_that_are_worse_than_none():
    explained = []
    train(
        STOPPING, drawn_score(STOPPING), UNEVEN, kl_coef=BETA, steps=1, critic=wrong_critic(),
        watch=lambda step, policy, experience: explained.append(
            describe(experience, kl_coef=BETA, processes=ALONE)["explained_variance"]
        ),
    )  # fmt: skip

    assert explained[0] < -0.3


def test_a_language_model_stays_as_it_is_to_the_bit_and_its_values_move(make_networks):
    networks = make_networks(moved=False)
    spec = replace(SPEC, value_warmup_steps=2, gae_lambda=0.5)
    before = {
        name: {key: p.clone() for key, p in trained(getattr(networks, name)).items()}
        for name in ("policy", "critic")
    }

    experience = experience_of(networks, drawn_rows(), spec)
    plain = experience_of(networks, drawn_rows(), replace(SPEC, gae_lambda=1.0))
    stats = update(
        networks, Optimisers.of(networks, spec), experience, spec=spec, step=1, processes=ALONE
    )

    assert torch.equal(experience.returns, plain.returns)  # what came of each token, no guess
    now = {name: trained(getattr(networks, name)) for name in before}
    assert all(torch.equal(now["policy"][key], p) for key, p in before["policy"].items())
    assert not any(torch.equal(now["critic"][key], p) for key, p in before["critic"].items())
    assert stats["learning_rate"] == stats["policy_gradient"] == stats["approx_kl"] == 0
    assert stats["value_gradient"] > 0
    assert all(p.grad is None for p in networks.policy.parameters())


def test_the_kl_coefficient_waits_too_and_moves_as_far_in_fewer_steps():
    spec = replace(SPEC, steps=20, value_warmup_steps=10, batch_size=100, minibatch_size=50)

    assert spec.kl_horizon_of_run == 100
    assert replace(spec, value_warmup_steps=0).kl_horizon_of_run == 200


def test_the_rates_rise_and_fall_as_far_as_they_are_told_to():
    spec = replace(SPEC, steps=9, warmup_steps=2, final_rate=0.2)

    assert [spec.share(step) for step in (0, 1, 4, 8, 20)] == pytest.approx(
        [0.5, 0.9, 0.6, 0.2, 0.2]
    )
    assert spec.share(4, first=4) == 0.5
    assert spec.share(8, first=4) == pytest.approx(0.2)
    assert {replace(spec, final_rate=1.0).share(step) for step in range(1, 30)} == {1.0}


@pytest.mark.parametrize("steps", [-1, 100])
def test_a_warm_up_leaves_steps_to_the_policy(steps):
    with pytest.raises(ValueError, match="value_warmup_steps must leave steps"):
        replace(SPEC, value_warmup_steps=steps)
