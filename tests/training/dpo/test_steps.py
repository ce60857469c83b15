"""DPO's loss by hand, its optimum in closed form, and what each ranking counts."""

import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from tests.training.dpo.setting import (
    TablePolicy,
    drawn_rankings,
    examples_of,
    ranking,
    reader_of,
)
from tests.training.threads import in_threads
from training import losses
from training.dpo.spec import DPOSpec
from training.dpo.steps import batch_gradients, judge, rewards_of, train_step
from training.dpo.texts import Example
from training.losses import strict_pairs
from training.processes import Alone
from training.schedule import Schedule

SPEC = DPOSpec(model="", beta=0.5)


def gradient_of(
    policy: TablePolicy, batch: list[Example], spec: DPOSpec = SPEC, **how: int
) -> tuple[Tensor, dict[str, float]]:
    policy.table.grad = None
    sums = batch_gradients(reader_of(policy, **how), batch, spec=spec, rankings=len(batch))
    assert policy.table.grad is not None
    return policy.table.grad.clone(), sums


def drawn(seed: int) -> Tensor:
    return torch.randn(20, generator=torch.Generator().manual_seed(seed))


def test_the_loss_of_a_pair_is_that_of_equation_7() -> None:
    """log pi of the texts: -1 and -4, before the training -2 and -3."""
    rewards = losses.implicit_rewards(
        torch.tensor([-1.0, -4.0]), torch.tensor([-2.0, -3.0]), beta=0.5
    )

    assert rewards.tolist() == [0.5, -0.5]
    loss = losses.ranking_losses(rewards, [[[0], [1]]], [2])
    assert loss.item() == pytest.approx(math.log1p(math.exp(-1.0)))


def test_smoothing_takes_a_label_to_be_wrong_with_that_chance() -> None:
    rewards = torch.tensor([0.5, -0.5])

    loss = losses.ranking_losses(rewards, [[[0], [1]]], [2], smoothing=0.1)

    right, wrong = math.log1p(math.exp(-1.0)), math.log1p(math.exp(1.0))
    assert loss.item() == pytest.approx(0.9 * right + 0.1 * wrong)


def test_the_offset_grows_with_the_tiers_between_two_texts() -> None:
    """Three texts, each a tier: one, one and two tiers apart."""
    rewards = torch.tensor([2.0, 1.0, 0.5])

    loss = losses.ranking_losses(rewards, [[[0], [1], [2]]], [3], offset=0.25)

    margins = [1.0 - 0.25, 0.5 - 0.25, 1.5 - 0.5]
    assert loss.item() == pytest.approx(sum(math.log1p(math.exp(-m)) for m in margins) / 3)


def test_a_normalised_log_ratio_is_one_a_token() -> None:
    rewards = losses.implicit_rewards(
        torch.tensor([-1.0, -4.0]),
        torch.tensor([-2.0, -3.0]),
        beta=2.0,
        lengths=torch.tensor([4.0, 2.0]),
    )

    assert rewards.tolist() == [0.5, -1.0]


def test_the_optimum_is_the_reference_tilted_by_the_reward() -> None:
    """pi = pi_ref exp(r / beta) / Z (eq. 4), where labels are drawn from r (eq. 1)."""
    start, reward = drawn(1)[:6], drawn(2)[:6]
    policy = TablePolicy(start)
    tokens = range(1, 6)  # the prompt's token is no text
    batch = [
        ranking([[one], [other]], [[0], [1]], weight=chance(reward[one] - reward[other]))
        for one in tokens
        for other in tokens
        if one != other
    ]
    examples = examples_of(policy, batch)
    optimiser = torch.optim.LBFGS([policy.table], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> float:
        optimiser.zero_grad()
        sums = batch_gradients(reader_of(policy), examples, spec=SPEC, rankings=1)
        return sums["loss"]

    optimiser.step(closure)

    expected = (start + reward / SPEC.beta)[1:].log_softmax(0)
    torch.testing.assert_close(
        policy.table.detach()[1:].log_softmax(0), expected, atol=1e-3, rtol=1e-3
    )


def chance(margin: Tensor) -> float:
    """That the better text is preferred (Bradley-Terry)."""
    return margin.sigmoid().item()


@pytest.mark.parametrize(
    "spec",
    [SPEC, replace(SPEC, label_smoothing=0.2, tier_offset=0.3), replace(SPEC, temperature=0.7)],
)
def test_a_ranking_counts_once_however_many_pairs_it_has(spec: DPOSpec) -> None:
    """Its gradient is the mean of those of its pairs, each pair a ranking of its own."""
    start, policy = TablePolicy(drawn(3)), TablePolicy(drawn(4))
    texts, tiers = [[3, 4], [5], [6, 7, 8], [9]], [[2], [0, 3], [1]]
    how = {"temperature": spec.temperature}
    pairs = []
    tier_of = {place: number for number, tier in enumerate(tiers) for place in tier}
    for better, worse in strict_pairs(tiers):
        one = ranking([texts[better], texts[worse]], [[0], [1]])
        offset = spec.tier_offset * (tier_of[worse] - tier_of[better])
        pairs.append(
            gradient_of(
                policy, examples_of(start, [one], **how), replace(spec, tier_offset=offset), **how
            )[0]
        )

    whole, sums = gradient_of(
        policy, examples_of(start, [ranking(texts, tiers)], **how), spec, **how
    )

    assert sums["pairs"] == len(pairs) == 5  # of six: the tie says nothing
    torch.testing.assert_close(whole, torch.stack(pairs).mean(0))


def test_a_weight_is_what_a_ranking_counts() -> None:
    start, policy = TablePolicy(drawn(3)), TablePolicy(drawn(4))
    one, other = (ranking([[3], [4, 5]], tiers) for tiers in ([[0], [1]], [[1], [0]]))
    light = replace(other, weight=0.25)
    first, second = (gradient_of(policy, examples_of(start, [r]))[0] for r in (one, other))

    both, _ = gradient_of(policy, examples_of(start, [one, light]))

    torch.testing.assert_close(both, (first + 0.25 * second) / 2)


@pytest.mark.parametrize("length_normalised", [False, True])
def test_the_gradient_does_not_depend_on_what_is_in_memory_at_once(
    length_normalised: bool,
) -> None:
    spec = replace(SPEC, length_normalised=length_normalised)
    start, policy = TablePolicy(drawn(3)), TablePolicy(drawn(4))
    batch = examples_of(start, drawn_rankings(9, vocabulary=20))

    (many, sums), (one, singly) = (gradient_of(policy, batch, spec, tokens=n) for n in (10_000, 1))

    torch.testing.assert_close(many, one)
    assert sums == pytest.approx(singly)


def test_what_a_step_tells_is_of_its_pairs() -> None:
    start, policy = TablePolicy(torch.zeros(20)), TablePolicy(drawn(4))
    texts, tiers = [[3], [4, 5], [6]], [[1], [0, 2]]
    [example] = examples_of(start, [ranking(texts, tiers)])
    logp = reader_of(policy).read([example.ranking])[0]
    before = [-len(text) * math.log(20) for text in texts]
    rewards = [0.5 * (now - then) for now, then in zip(logp, before, strict=True)]

    stats = train_step(
        reader_of(policy),
        torch.optim.SGD(policy.parameters(), lr=0.0),
        [example],
        spec=SPEC,
        processes=Alone(),
    )

    assert stats["chosen"] == pytest.approx(rewards[1])
    assert stats["rejected"] == pytest.approx((rewards[0] + rewards[2]) / 2)
    assert stats["margin"] == pytest.approx(stats["chosen"] - stats["rejected"])
    assert stats["chosen_logp"] == pytest.approx(logp[1])
    assert stats["rejected_logp"] == pytest.approx((logp[0] + logp[2]) / 2)
    right = [rewards[1] > rewards[0], rewards[1] > rewards[2]]
    assert stats["accuracy"] == pytest.approx(sum(right) / 2)
    pairs = judge(reader_of(policy), [example], SPEC)
    assert [pair.margin for pair in pairs] == pytest.approx(
        [rewards[1] - rewards[0], rewards[1] - rewards[2]], abs=1e-6
    )


def test_before_the_first_step_all_texts_are_worth_the_same() -> None:
    policy = TablePolicy(drawn(4))
    batch = examples_of(policy, drawn_rankings(5, vocabulary=20))
    logprobs = reader_of(policy).logprobs([one.ranking for one in batch])

    assert rewards_of(batch, logprobs, SPEC).abs().max() < 1e-6


def test_the_number_of_processes_does_not_matter() -> None:
    """Five rankings by two processes: one has three of them, the other two."""
    batch = examples_of(TablePolicy(drawn(3)), drawn_rankings(5, vocabulary=20))

    def step(processes: Alone) -> tuple[Tensor, dict[str, float]]:
        policy = TablePolicy(drawn(4))
        optimiser = torch.optim.SGD(policy.parameters(), lr=1.0)
        stats = train_step(reader_of(policy), optimiser, batch, spec=SPEC, processes=processes)
        stats.pop("seconds")
        return policy.table.detach(), stats

    table, stats = step(Alone())
    for shared, shared_stats in in_threads(2, step):
        torch.testing.assert_close(shared, table)
        assert shared_stats == pytest.approx(stats, rel=1e-5)


def test_the_rate_rises_over_a_tenth_and_falls_by_a_cosine() -> None:
    schedule = Schedule(DPOSpec(model="", batch_size=1), 40, warmup=0.1)

    shares = [schedule.share(step) for step in range(40)]

    assert shares[0] == 0.25
    assert max(shares) == shares[3]
    assert shares[-1] == pytest.approx(0.1)


@pytest.mark.parametrize("wrong", [{"beta": 0.0}, {"label_smoothing": 0.5}])
def test_settings_that_no_training_can_be_made_of_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be"):
        replace(SPEC, **wrong)
