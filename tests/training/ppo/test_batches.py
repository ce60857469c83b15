"""Processes that share a batch end where one does."""

import copy
import threading
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from tests.training.ppo.setting import (
    FINISHED,
    SPEC,
    assert_close,
    drawn_rows,
)
from tests.training.threads import Threads, in_threads
from training.ppo.batches import minibatches, rows_of
from training.ppo.experience import describe, gather_experience
from training.ppo.networks import Networks
from training.ppo.spec import OTHERS, VALUES, PPOSpec
from training.ppo.update import Optimisers, update
from training.processes import Alone, averages


def learned(networks: Networks) -> Tensor:
    modules = nn.ModuleList(networks.learners.values())
    return nn.utils.parameters_to_vector(modules.parameters()).detach()


def step_of(networks: Networks, processes: Alone, spec: PPOSpec) -> tuple[Tensor, dict[str, float]]:
    """The policy and critic after one whole step on the rows that this process holds."""
    held = torch.tensor(rows_of(spec, processes, step=1))
    experience = gather_experience(
        networks, drawn_rows().select(held), FINISHED[held], spec=spec, step=1, kl_coef=0.1,
        processes=processes,
    )  # fmt: skip
    stats = describe(experience, kl_coef=0.1, processes=processes)
    each = {n: torch.optim.SGD(m.parameters(), lr=0.1) for n, m in networks.learners.items()}
    optimisers = Optimisers(policy=each["policy"], critic=each.get("critic"))
    stats |= update(networks, optimisers, experience, spec=spec, step=1, processes=processes)
    return learned(networks), stats


@pytest.mark.parametrize("baseline", [VALUES, OTHERS])
def test_the_number_of_processes_does_not_matter(make_networks, baseline):
    """Two threads with copies of the networks end where one process ends."""
    spec = replace(SPEC, baseline=baseline, rollouts_per_prompt=3)
    networks = make_networks(has_values=spec.has_values)
    copies = [copy.deepcopy(networks) for _ in range(2)]
    start = learned(networks)
    expected, expected_stats = step_of(networks, Alone(), spec)

    results = in_threads(2, lambda processes: step_of(copies[processes.rank], processes, spec))

    for moved, stats in results:
        assert_close(moved - start, expected - start, tolerance=1e-4)  # small moves of fp32
        assert stats == pytest.approx(expected_stats, rel=1e-4, abs=1e-6)


def test_each_row_is_held_once_and_each_minibatch_is_shared_evenly():
    halves = [Threads(rank, 2, threading.Barrier(2), []) for rank in range(2)]

    held = [rows_of(SPEC, half, step=4) for half in halves]
    shares = [minibatches(SPEC, half, step=4, epoch=0) for half in halves]

    assert sorted(held[0] + held[1]) == list(range(12))
    assert [[len(part) for part in share] for share in shares] == [[3, 3], [3, 3]]
    for epoch in range(3):
        rows = [
            held[rank][place]
            for rank, half in enumerate(halves)
            for part in minibatches(SPEC, half, step=4, epoch=epoch)
            for place in part.tolist()
        ]
        assert sorted(rows) == list(range(12))


def test_averages_weigh_each_sum_by_its_own_count():
    assert averages(Alone(), {"a": (6.0, 3), "b": (torch.tensor(1.0), 4)}) == {"a": 2.0, "b": 0.25}
