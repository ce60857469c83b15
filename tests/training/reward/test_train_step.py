"""One step on rankings: what is known about their truth must be found again."""

from collections.abc import Sequence

import pytest
import torch
from torch import Tensor, nn

from tests.training.threads import in_threads
from training.processes import Alone
from training.rankings import Ranking
from training.reward.spec import RewardSpec
from training.reward.steps import train_step
from training.schedule import Schedule

ITEMS = 24


class TableRanker(nn.Module):
    """An utility for each token: the completions are tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.utility = nn.Parameter(torch.zeros(ITEMS))

    def raw_rankings(self, rankings: Sequence[Ranking], *, pad_id: int) -> Tensor:
        return self.utility[[text[-1] for one in rankings for text in one.completions]]


def plackett_luce(utilities: Tensor, *, count: int, size: int, seed: int) -> list[Ranking]:
    """Rankings of `size` items drawn at random; Gumbel noise makes them Plackett-Luce."""
    generator = torch.Generator().manual_seed(seed)
    rankings = []
    for number in range(count):
        items = torch.randperm(ITEMS, generator=generator)[:size]
        noise = -(-torch.rand(size, generator=generator).log()).log()
        order = (utilities[items] + noise).argsort(descending=True)
        tiers = [[place] for place in order.tolist()]
        rankings.append(Ranking(number, "", [0], [[item] for item in items.tolist()], tiers))
    return rankings


def test_utilities_are_recovered_from_plackett_luce_rankings():
    utilities = torch.randn(ITEMS, generator=torch.Generator().manual_seed(3))
    rankings = plackett_luce(utilities, count=4000, size=5, seed=4)
    model = TableRanker()
    optimiser = torch.optim.Adam(model.parameters(), lr=0.1)
    for step in range(40):
        optimiser.param_groups[0]["lr"] = 0.3 * (1 - step / 40)
        batch = rankings[step % 4 * 1000 :][:1000]
        train_step(model, optimiser, batch, pad_id=0, ties="none", processes=Alone())

    found, truth = (x - x.mean() for x in (model.utility.detach(), utilities))
    correlation = (found @ truth / (found.norm() * truth.norm())).item()
    slope = (found @ truth / truth.square().sum()).item()
    assert correlation > 0.99
    assert slope == pytest.approx(1, abs=0.05)


def test_the_number_of_processes_does_not_matter():
    """Five rankings by two processes: one has three of them, the other two."""
    rankings = plackett_luce(torch.arange(float(ITEMS)), count=5, size=4, seed=1)

    def step(processes: Alone) -> tuple[Tensor, dict[str, float]]:
        model = TableRanker()
        optimiser = torch.optim.SGD(model.parameters(), lr=1.0)
        stats = train_step(model, optimiser, rankings, pad_id=0, ties="none", processes=processes)
        return model.utility.detach(), stats

    utilities, stats = step(Alone())
    assert utilities.abs().max() > 0
    for shared, shared_stats in in_threads(2, step):
        torch.testing.assert_close(shared, utilities)
        assert shared_stats == pytest.approx(stats)


def test_the_rate_falls_by_a_cosine_to_a_tenth_and_each_epoch_takes_every_ranking_once():
    schedule = Schedule(RewardSpec(model="", batch_size=4, epochs=2, learning_rate=1.0), 10)

    assert schedule.steps == 6
    assert [schedule.share(0), schedule.share(5)] == pytest.approx([1.0, 0.1])
    first, second = (
        [place for step in steps for place in schedule.batch(step)]
        for steps in (range(3), range(3, 6))
    )
    assert sorted(first) == sorted(second) == list(range(10))
    assert first != second
