"""What must not change a step of PPO, and what must stop it; the optimum has its own file."""

from dataclasses import dataclass, replace
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.training.conftest import ask
from tests.training.ppo.setting import (
    FINISHED,
    SPEC,
    assert_close,
    drawn_rows,
    experience_of,
    gradient_of,
)
from tests.training.random_reward import random_reward_model
from training import losses, tiny
from training.chat import Chat
from training.errors import DivergedError
from training.ppo.experience import check_health, describe, gather_experience
from training.ppo.networks import Networks
from training.ppo.update import Optimisers, update
from training.processes import Alone, permutation, seed_of
from training.rows import Rows
from training.sampling import Request, Sampling, sample
from training.tuning import Tuning


def test_the_pad_does_not_matter_even_where_it_is_a_real_token(make_networks):
    networks = make_networks()
    gradients = [
        gradient_of(networks, experience_of(networks, drawn_rows(pad_id)), SPEC)
        for pad_id in (0, 2, 77)
    ]

    assert torch.equal(gradients[0], gradients[1])
    assert torch.equal(gradients[0], gradients[2])


@pytest.mark.parametrize("size", [1, 5, 12])
def test_the_micro_batch_does_not_matter(make_networks, size):
    networks = make_networks()
    spec = replace(SPEC, micro_batch_size=size)

    expected = gradient_of(networks, experience_of(networks, drawn_rows()), SPEC)
    assert_close(gradient_of(networks, experience_of(networks, drawn_rows(), spec), spec), expected)


def test_the_order_of_the_rows_does_not_matter(make_networks):
    networks, rows = make_networks(), drawn_rows()
    expected = gradient_of(networks, experience_of(networks, rows), SPEC)
    order = permutation(12, "any")

    experience = experience_of(networks, rows.select(order), finished=FINISHED[order])
    shuffled = gradient_of(networks, experience, SPEC)

    assert_close(shuffled, expected)


def test_a_row_among_others_is_worth_what_it_is_worth_alone(make_networks):
    networks, rows = make_networks(), drawn_rows()
    together = networks.policy.logits(rows).split(rows.response_lengths.tolist())

    for place in range(len(rows)):
        row = rows.select(torch.tensor([place]))
        torch.testing.assert_close(
            networks.policy.logits(row), together[place], rtol=1e-5, atol=1e-5
        )
        torch.testing.assert_close(
            networks.scorer.scores(row), networks.scorer.scores(rows)[place : place + 1]
        )


def test_frozen_layers_change_nothing_but_what_is_trained(make_networks):
    rows = drawn_rows()
    plain, shared = make_networks(moved=False), make_networks(frozen_layers=1, moved=False)

    expected = experience_of(plain, rows)
    got = experience_of(shared, rows)

    for name in ("logprobs", "ref_logprobs", "values", "scores", "advantages"):
        torch.testing.assert_close(getattr(got, name), getattr(expected, name))
    trained = {name for name, p in shared.policy.named_parameters() if p.requires_grad}
    assert not any("layers.0." in name or "embed" in name for name in trained)
    assert any("layers.1." in name for name in trained)


def test_frozen_layers_that_are_equal_are_in_memory_once(make_networks):
    networks = make_networks(frozen_layers=1)

    def lowest(module: Any) -> Tensor:
        return module.backbone.decoder.layers[0].mlp.up_proj.weight

    everybody = networks.reference, networks.critic, networks.scorer.reward
    assert all(lowest(module) is lowest(networks.policy) for module in everybody)
    assert all(module.backbone.trunk is networks.policy.backbone.trunk for module in everybody)


def test_a_reward_model_with_another_trunk_computes_its_own(tiny_folder):
    model, chat = tiny.make()
    reward, _ = random_reward_model(tiny_folder, Tuning(frozen_layers=1))
    with torch.no_grad():
        reward.backbone.decoder.layers[0].mlp.up_proj.weight += 0.1
    rows = drawn_rows()
    expected = reward.scores(rows).detach()

    networks = Networks.of(model, reward, chat, Tuning(frozen_layers=1))
    networks.policy.logits(rows)

    assert networks.critic.backbone.trunk is reward.backbone.trunk
    assert reward.backbone.trunk is not networks.policy.backbone.trunk
    torch.testing.assert_close(networks.scorer.scores(rows), expected)


def test_the_critic_begins_as_the_reward_model_and_the_reference_as_the_policy(make_networks):
    networks, rows = make_networks(moved=False), drawn_rows()

    experience = experience_of(networks, rows)

    assert torch.equal(experience.logprobs, experience.ref_logprobs)
    whole = Rows(rows.ids, rows.lengths - 1, rows.lengths)  # the state before the last token
    before = Rows(rows.ids, rows.prompt_lengths, rows.lengths - 1)
    torch.testing.assert_close(networks.critic.values(whole), networks.scorer.scores(before))


def test_a_response_that_does_not_end_scores_no_more_than_the_fixed_value(make_networks):
    networks, rows = make_networks(), drawn_rows()
    networks.scorer.reward.set_scale(gain=1.5, bias=9.0)
    plain = networks.scorer.scores(rows)
    spec = replace(SPEC, no_eos_score=float(plain.median()))

    scores = experience_of(networks, rows, spec).scores

    expected = torch.where(FINISHED, plain, plain.clamp(max=spec.no_eos_score))
    torch.testing.assert_close(scores, expected)
    assert not torch.allclose(scores, plain)


def test_the_log_says_what_a_hand_computes(make_networks):
    networks, rows = make_networks(), drawn_rows()
    experience = experience_of(networks, rows)

    stats = describe(experience, kl_coef=0.1, processes=Alone())

    kl = (experience.logprobs - experience.ref_logprobs).sum(1)  # both are 0 outside the mask
    assert stats["kl"] == pytest.approx(kl.mean().item())
    assert stats["score"] == pytest.approx(experience.scores.mean().item())
    plain = networks.scorer.scores(rows)
    assert stats["judged"] == pytest.approx(plain.mean().item())
    assert stats["objective"] == pytest.approx((experience.scores - 0.1 * kl).mean().item())
    assert stats["length"] == pytest.approx(rows.response_lengths.float().mean().item())
    assert stats["eos_rate"] == pytest.approx(8 / 12)
    torch.testing.assert_close(experience.rewards.sum(1), experience.scores - 0.1 * kl)


def test_a_policy_that_went_too_far_ends_the_step(make_networks, monkeypatch):
    networks = make_networks()
    spec = replace(SPEC, learning_rate=0.1, inner_epochs=5)
    experience = experience_of(networks, drawn_rows(), spec)

    stats = update(
        networks, Optimisers.of(networks, spec), experience, spec=spec, step=1,
        processes=Alone(),
    )  # fmt: skip

    assert stats["updates"] == 1
    assert all(p.grad is None for p in networks.policy.parameters())


def test_an_update_that_begins_off_policy_is_refused(make_networks):
    networks = make_networks()
    experience = experience_of(networks, drawn_rows())
    with torch.no_grad():
        networks.policy.model.lm_head.weight += 0.01

    with pytest.raises(RuntimeError, match="off-policy"):
        update(
            networks, Optimisers.of(networks, SPEC), experience, spec=SPEC, step=1,
            processes=Alone(),
        )  # fmt: skip


@pytest.mark.parametrize("kl", [51.0, -51.0, float("nan"), float("inf")])
def test_an_exploded_kl_is_divergence(kl):
    with pytest.raises(DivergedError):
        check_health({"kl": kl, "kl_k3": 0.0}, step=3, spec=SPEC)


def test_a_policy_that_is_not_its_reference_in_step_0_is_a_bug():
    with pytest.raises(RuntimeError, match="step 0"):
        check_health({"kl": 0.0, "kl_k3": 1e-3}, step=0, spec=SPEC)


def test_a_loss_that_is_not_finite_is_divergence(make_networks):
    networks = make_networks()
    experience = experience_of(networks, drawn_rows())
    broken = replace(experience, advantages=experience.advantages * float("nan"))

    with pytest.raises(DivergedError):
        update(
            networks, Optimisers.of(networks, SPEC), broken, spec=SPEC, step=1,
            processes=Alone(),
        )  # fmt: skip


@dataclass(frozen=True)
class CountOf:
    """A score: how often the response says `token`."""

    token: int

    def scores(self, rows: Rows) -> Tensor:
        row, _ = rows.predicting()
        said = (rows.response_tokens() == self.token).float()
        return torch.zeros(len(rows)).index_add(0, row, said)


@pytest.mark.slow
def test_a_tiny_language_model_learns_to_say_a_word(tiny_folder):
    """Sampling, scoring and updating together: more and more sentences say "water"."""
    model, chat = tiny.make()
    (water,) = chat.completion(" water", finished=False)
    reward, _ = random_reward_model(tiny_folder)
    networks = replace(Networks.of(model, reward, chat), scorer=CountOf(water))
    spec = replace(
        SPEC, batch_size=64, minibatch_size=32, micro_batch_size=32, learning_rate=5e-3,
        kl_coef=0.05, gae_lambda=1.0, no_eos_score=10.0,
    )  # fmt: skip
    optimisers = Optimisers.of(networks, spec)
    prompt = chat.prompt(ask("Write about the sea"))
    scores, kls = [], []
    for step in range(25):
        drawn = sample(
            model,
            [Request(prompt, [seed_of(step, row) for row in range(64)])],
            sampling=Sampling(max_new_tokens=9),
            chat=chat,
        )[0]
        rows = Rows.of([prompt] * 64, [one.ids for one in drawn], pad_id=chat.pad_id)
        experience = gather_experience(
            networks, rows, torch.tensor([one.finished for one in drawn]), spec=spec, step=step,
            kl_coef=spec.kl_coef, processes=Alone(),
        )  # fmt: skip
        stats = describe(experience, kl_coef=spec.kl_coef, processes=Alone())
        update(networks, optimisers, experience, spec=spec, step=step, processes=Alone())
        scores.append(stats["score"])
        kls.append(stats["kl"])

    assert scores[0] < 0.5
    assert scores[-1] > 3
    assert kls[0] == 0 < kls[-1]


def test_a_text_that_does_not_end_loses_where_all_score_low(make_networks):
    networks, rows = make_networks(), drawn_rows()
    networks.scorer.reward.set_scale(gain=0.1, bias=-5.0)
    plain = networks.scorer.scores(rows)

    scores = experience_of(networks, rows).scores

    assert plain.max() < SPEC.no_eos_score
    expected = torch.where(FINISHED, plain, plain.clamp(max=float(plain.mean()) - 1.0))
    torch.testing.assert_close(scores, expected)
    assert (scores[~FINISHED] < plain[~FINISHED]).all()


def test_the_kl_coefficient_moves_in_a_short_run_too():
    short = replace(SPEC, steps=16, batch_size=32, minibatch_size=16, kl_target=1.0, kl_coef=0.05)
    coefficient = short.kl_coef
    for _ in range(short.steps):
        coefficient = losses.adapted_kl_coef(
            coefficient, 9.0, target=1.0, horizon=short.kl_horizon_of_run, rollouts=short.batch_size
        )

    assert coefficient > 5 * short.kl_coef
    assert replace(short, steps=500, batch_size=512).kl_horizon_of_run == short.kl_horizon


def test_a_text_with_another_end_is_scored_as_one_with_the_templates(make_networks):
    networks, rows = make_networks(), drawn_rows()
    chat = Chat(networks.scorer.chat.tokenizer, ends=[0])
    judge = replace(networks.scorer, chat=chat)
    ended, other = rows.ids.clone(), rows.ids.clone()
    ended[rows.last()] = 2
    other[rows.last()] = torch.tensor([0, 2] * 6)

    scores = judge.scores(replace(rows, ids=other))

    torch.testing.assert_close(scores, networks.scorer.scores(replace(rows, ids=ended)))
