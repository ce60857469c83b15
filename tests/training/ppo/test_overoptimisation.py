"""What is optimised is a proxy: pushed far enough, what people want gets worse (Gao, 2210.10760).

The gold wants a word said about three times. The proxy has learned from texts where it is said
rarely, and takes more for better without end.
"""

from dataclasses import dataclass, field

import pytest
import torch
from torch import Tensor

from tests.training.ppo.world import COUNTING, Score, TablePolicy, count_of_two, train
from training.ppo.experience import Experience
from training.rows import Rows

GOLD = torch.tensor([0.0, 1.0, 2.0, 2.5, 0.5, -2.0])  # by how often the word is said
REFERENCE = torch.zeros(4)


def gold(rows: Rows) -> Tensor:
    return GOLD[count_of_two(rows).long()]


@dataclass
class Watched:
    """What each policy of a run is worth, exactly."""

    proxy: list[float] = field(default_factory=list)
    gold: list[float] = field(default_factory=list)

    @torch.no_grad()
    def __call__(self, step: int, policy: TablePolicy, experience: Experience) -> None:
        rows = COUNTING.sequences()
        chances = policy.logprobs(rows).double().exp()
        self.proxy.append(float((chances * count_of_two(rows)).sum()))
        self.gold.append(float((chances * gold(rows)).sum()))


def watched(kl_coef: float) -> Watched:
    seen = Watched()
    train(COUNTING, Score(count_of_two), REFERENCE, kl_coef=kl_coef, steps=40, watch=seen)
    return seen


@pytest.fixture(scope="module")
def free() -> Watched:
    return watched(0.0)


def test_without_a_kl_the_proxy_rises_while_the_gold_rises_and_then_falls(free):
    top = max(free.gold)
    turn = free.gold.index(top)

    assert top > free.gold[0] + 0.3
    assert 0 < turn < 30
    assert free.gold[-1] < free.gold[0] - 1
    assert free.proxy[-1] > free.proxy[turn] + 1 > free.proxy[0] + 1.5
    falls = [later - sooner for sooner, later in zip(free.proxy, free.proxy[1:], strict=False)]
    assert min(falls) > -0.1


def test_with_a_kl_the_gold_does_not_fall_as_far(free):
    held = watched(1.0)

    assert held.proxy[-1] < free.proxy[-1]
    assert held.gold[-1] > held.gold[0] + 0.3
    assert max(held.gold) - held.gold[-1] < 0.1 * (max(free.gold) - free.gold[-1])
