"""Hand-computed tensors, and identities that hold for any."""

import math

import pytest
import torch
from torch import Tensor

from training import losses

T, F = True, False


def random_rollouts(seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    """rewards, values, mask of rows with 3, 1, 5 tokens."""
    generator = torch.Generator().manual_seed(seed)
    mask = torch.arange(5) < torch.tensor([3, 1, 5])[:, None]
    rewards, values = torch.randn(2, 3, 5, generator=generator, dtype=torch.float64)
    return rewards, values, mask


def test_strict_pairs_are_between_tiers_and_tied_pairs_within():
    tiers = [[2], [0, 3], [1]]

    assert losses.strict_pairs(tiers) == [(2, 0), (2, 3), (2, 1), (0, 1), (3, 1)]
    assert losses.tied_pairs(tiers) == [(0, 3)]


def test_ranking_loss_is_the_mean_over_strict_pairs():
    rewards = torch.tensor([0.0, 1.0, 3.0])

    loss = losses.ranking_losses(rewards, [[[2], [0, 1]]], [len(rewards)])

    expected = (math.log1p(math.exp(-3)) + math.log1p(math.exp(-2))) / 2
    assert loss.item() == pytest.approx(expected)


def test_a_tie_counts_as_one_pair_of_label_one_half():
    rewards = torch.tensor([0.0, 2.0])

    loss = losses.ranking_losses(rewards, [[[0, 1]]], [len(rewards)], ties="half")

    expected = (math.log1p(math.exp(-2)) + math.log1p(math.exp(2))) / 2
    assert loss.item() == pytest.approx(expected)


def test_a_ranking_without_a_pair_has_no_loss():
    with pytest.raises(ValueError, match="without a pair"):
        losses.ranking_losses(torch.zeros(2), [[[0, 1]]], [2])


def test_ranking_gradient_is_the_mean_of_the_pair_gradients():
    rewards = torch.randn(9, dtype=torch.float64, requires_grad=True)
    tiers = [[4, 1], [0], [8, 7, 2], [3], [5, 6]]
    pairs = losses.strict_pairs(tiers)

    (whole,) = torch.autograd.grad(losses.ranking_losses(rewards, [tiers], [len(rewards)]), rewards)
    singly = [
        torch.autograd.grad(
            losses.ranking_losses(rewards, [[[better], [worse]]], [len(rewards)]), rewards
        )[0]
        for better, worse in pairs
    ]
    torch.testing.assert_close(whole, torch.stack(singly).mean(0), rtol=1e-12, atol=1e-15)


def test_weights_of_one_are_the_plain_loss_to_the_bit():
    rewards = torch.randn(7, generator=torch.Generator().manual_seed(1), requires_grad=True)
    given = rewards, [[[2], [0, 1], [3]], [[1], [0, 2]]], [4, 3]

    for ties in ("none", "half"):
        plain = losses.ranking_losses(*given, ties=ties)
        weighed = losses.ranking_losses(*given, ties=ties, weights=[1.0, 1.0])
        assert torch.equal(plain, weighed)
        slopes = (torch.autograd.grad(loss, rewards)[0] for loss in (plain, weighed))
        assert torch.equal(*slopes)


def test_opposite_labels_of_two_weights_are_one_soft_label():
    """Cross-entropy with a target of 0.75, twice over: 1.5 for one order, 0.5 for the other."""
    rewards = torch.tensor([0.3, -0.4] * 2, dtype=torch.float64, requires_grad=True)

    loss = losses.ranking_losses(rewards, [[[0], [1]], [[1], [0]]], [2, 2], weights=[1.5, 0.5])

    chance = torch.tensor(0.7, dtype=torch.float64).sigmoid()
    expected = -2 * (0.75 * chance.log() + 0.25 * (1 - chance).log())
    torch.testing.assert_close(loss, expected)
    (slope,) = torch.autograd.grad(loss, rewards)
    assert (slope[0] + slope[2]).item() == pytest.approx(2 * (chance.item() - 0.75))


def test_weights_go_with_their_rankings_in_any_order():
    rewards = torch.randn(9, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    parts = rewards.split([4, 2, 3])
    rankings = [[[2], [0, 1], [3]], [[1], [0]], [[0, 1], [2]]]
    weights = [0.2, 1.7, 0.0]

    def loss(order):
        return losses.ranking_losses(
            torch.cat([parts[place] for place in order]),
            [rankings[place] for place in order],
            [len(parts[place]) for place in order],
            ties="half",
            weights=[weights[place] for place in order],
        )

    torch.testing.assert_close(loss([2, 0, 1]), loss([0, 1, 2]))
    singly = [
        weight * losses.ranking_losses(part, [tiers], [len(part)], ties="half")
        for part, tiers, weight in zip(parts, rankings, weights, strict=True)
    ]
    torch.testing.assert_close(loss([0, 1, 2]), sum(singly))


def test_token_logprobs_are_those_of_the_tempered_distribution():
    logits = torch.tensor([[0.0, math.log(3.0)]])

    assert losses.token_logprobs(logits, torch.tensor([1]), temperature=1.0).exp().item() == (
        pytest.approx(0.75)
    )
    assert losses.token_logprobs(logits, torch.tensor([1]), temperature=0.5).exp().item() == (
        pytest.approx(0.9)
    )


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("cached", [1, 40, 2**19], ids=["a row", "a few", "all at once"])
def test_logprobs_and_their_gradient_are_those_of_a_softmax(cached, dtype, monkeypatch):
    monkeypatch.setattr(losses, "CACHED", cached)
    logits = (3 * torch.randn(7, 12, dtype=torch.float32)).to(dtype).requires_grad_()
    tokens, weights = torch.randint(0, 12, (7,)), torch.randn(7)

    found = losses.token_logprobs(logits, tokens, temperature=0.7)
    (gradient,) = torch.autograd.grad((weights * found).sum(), logits)

    expected = (logits.float() / 0.7).log_softmax(1).gather(1, tokens[:, None])[:, 0]
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(gradient, torch.autograd.grad((weights * expected).sum(), logits)[0])


def test_entropy_of_a_uniform_choice_is_the_log_of_their_number():
    assert losses.token_entropy(torch.zeros(3, 8), temperature=0.7).tolist() == pytest.approx(
        [math.log(8)] * 3
    )


def test_k1_and_k3_estimate_the_same_divergence():
    p, q = torch.tensor([0.6, 0.3, 0.1]), torch.tensor([0.2, 0.3, 0.5])
    exact = (p * (p / q).log()).sum().item()

    assert (p * losses.kl_k1(p.log(), q.log())).sum().item() == pytest.approx(exact)
    assert (p * losses.kl_k3(p.log(), q.log())).sum().item() == pytest.approx(exact)
    assert bool((losses.kl_k3(p.log(), q.log()) >= 0).all())


def test_token_rewards_put_the_score_on_the_last_token_and_the_penalty_on_each():
    mask = torch.tensor([[T, T, F], [T, F, F]])
    logprobs = torch.tensor([[-1.0, -2.0, 9.0], [-3.0, 9.0, 9.0]])
    reference = torch.tensor([[-2.0, -1.0, 5.0], [-3.5, 5.0, 5.0]])

    rewards = losses.token_rewards(
        torch.tensor([2.0, 50.0]), logprobs, reference, mask, kl_coef=0.1
    )

    torch.testing.assert_close(rewards, torch.tensor([[-0.1, 2.1, 0.0], [9.95, 0.0, 0.0]]))


def test_rewards_of_a_response_sum_to_its_score_less_its_kl():
    _, _, mask = random_rollouts()
    logprobs, reference = torch.randn(2, 3, 5, dtype=torch.float64)
    scores = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64)

    rewards = losses.token_rewards(scores, logprobs, reference, mask, kl_coef=0.3)

    kl = ((logprobs - reference) * mask).sum(1)
    torch.testing.assert_close(rewards.sum(1), scores - 0.3 * kl, rtol=1e-12, atol=1e-12)


def test_gae_by_hand():
    rewards, values = torch.tensor([[1.0, 2.0]]), torch.tensor([[0.5, 1.0]])

    advantages, returns = losses.gae(rewards, values, torch.tensor([[T, T]]), gamma=1.0, lam=0.5)

    # delta = 1 + 1.0 - 0.5 = 1.5 and 2 - 1 = 1; A = [1.5 + 0.5 * 1, 1]
    assert advantages.tolist() == [[2.0, 1.0]]
    assert returns.tolist() == [[2.5, 2.0]]


def test_with_lambda_one_the_advantage_is_the_return_less_the_value():
    rewards, values, mask = random_rollouts()

    advantages, returns = losses.gae(rewards, values, mask, gamma=1.0, lam=1.0)

    to_go = (rewards * mask).flip(1).cumsum(1).flip(1) * mask
    torch.testing.assert_close(advantages, (to_go - values) * mask, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(returns, to_go, rtol=1e-12, atol=1e-12)


def test_what_lies_after_the_end_does_not_matter():
    rewards, values, mask = random_rollouts()

    clean = losses.gae(rewards * mask, values * mask, mask, gamma=0.9, lam=0.8)
    noisy = losses.gae(rewards, values, mask, gamma=0.9, lam=0.8)
    assert all(torch.equal(one, other) for one, other in zip(clean, noisy, strict=True))


def test_whitened_tokens_have_mean_zero_and_variance_one():
    values, _, mask = random_rollouts()

    white = losses.whiten(values, mask)

    assert white[mask].mean().item() == pytest.approx(0, abs=1e-12)
    assert white[mask].var(correction=0).item() == pytest.approx(1, rel=1e-6)
    assert white[~mask].abs().max().item() == 0


def test_what_the_others_of_a_prompt_were_worth_on_average_is_the_baseline():
    totals = torch.tensor([1.0, 2.0, 6.0, 0.0, 0.0, 3.0])

    assert losses.leave_one_out(totals, 3).tolist() == [4.0, 3.5, 1.5, 1.5, 1.5, 0.0]
    assert losses.leave_one_out(totals[:2], 2).tolist() == [2.0, 1.0]


def test_the_clip_binds_only_where_it_takes_gain_away():
    old = torch.zeros(4)
    new = torch.tensor([1.5, 1.5, 0.5, 0.5]).log()
    advantages = torch.tensor([1.0, -1.0, 1.0, -1.0])

    loss, clipped, ratio = losses.policy_loss(new, old, advantages, clip_range=0.2)

    torch.testing.assert_close(loss, torch.tensor([-1.2, 1.5, -0.5, 0.8]))
    assert clipped.tolist() == [True, False, False, True]
    torch.testing.assert_close(ratio, torch.tensor([1.5, 1.5, 0.5, 0.5]))


def test_a_far_ratio_stays_finite():
    far = torch.tensor([500.0], requires_grad=True)

    loss, _, ratio = losses.policy_loss(far, torch.zeros(1), torch.tensor([-1.0]), clip_range=0.2)
    loss.sum().backward()

    assert math.isfinite(ratio.item())
    assert math.isfinite(far.grad.item())


def test_value_loss_takes_the_worse_of_the_clipped_and_the_plain_error():
    loss, clipped = losses.value_loss(
        torch.tensor([1.0, 0.1]), torch.zeros(2), torch.tensor([2.0, 0.0]), clip_range=0.2
    )

    # |1 - 2| = 1 against |0.2 - 2| = 1.8; |0.1| within the range
    torch.testing.assert_close(loss, torch.tensor([0.5 * 1.8**2, 0.5 * 0.01]))
    assert clipped.tolist() == [True, False]


@pytest.mark.parametrize(
    ("kl", "expected"), [(6.0, 0.1), (6.6, 0.1 * 1.01), (600.0, 0.1 * 1.02), (0.0, 0.1 * 0.98)]
)
def test_the_controller_moves_by_at_most_a_fifth_of_its_gain(kl, expected):
    assert losses.adapted_kl_coef(
        0.1, kl, target=6.0, horizon=10_000, rollouts=1_000
    ) == pytest.approx(expected)


@pytest.mark.parametrize("kl", [0.0, 600.0])
def test_the_controller_of_a_run_of_one_step_moves_by_a_fifth_and_stays_positive(kl):
    moved = losses.adapted_kl_coef(0.1, kl, target=6.0, horizon=3, rollouts=32)

    assert moved == pytest.approx(0.08 if kl == 0 else 0.12)


def test_explained_variance_of_perfect_constant_and_opposite_guesses():
    returns, mask = torch.tensor([[1.0, 2.0, 3.0]]), torch.tensor([[T, T, T]])

    assert losses.explained_variance(returns, returns, mask).item() == 1
    assert losses.explained_variance(torch.full((1, 3), 2.0), returns, mask).item() == 0
    assert losses.explained_variance(-returns, returns, mask).item() == pytest.approx(-3)
