"""Who takes which rows of a step's batch, and in which order.

Nothing random has a state: the order follows from (seed, step, epoch).
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from training.ppo.spec import PPOSpec
from training.processes import Alone, permutation
from training.rows import Rows


def minibatches(spec: PPOSpec, processes: Alone, *, step: int, epoch: int) -> list[Tensor]:
    """This process's share of each minibatch, as positions among the rows that it holds."""
    held = {int(row): place for place, row in enumerate(rows_of(spec, processes, step=step))}
    order = permutation(spec.batch_size, spec.seed, "minibatches", step, epoch).tolist()
    return [
        torch.tensor(
            [held[row] for row in order[first : first + spec.minibatch_size] if row in held]
        ).long()
        for first in range(0, spec.batch_size, spec.minibatch_size)
    ]


def all_minibatches(spec: PPOSpec, processes: Alone, *, step: int) -> Iterator[Tensor]:
    for epoch in range(spec.inner_epochs):
        yield from minibatches(spec, processes, step=step, epoch=epoch)


def rows_of(spec: PPOSpec, processes: Alone, *, step: int) -> list[int]:
    """The rows of the batch that this process holds: its even share of each first minibatch."""
    order = permutation(spec.batch_size, spec.seed, "minibatches", step, 0).tolist()
    return sorted(
        row
        for place, row in enumerate(order)
        if place % spec.minibatch_size % processes.count == processes.rank
    )


def whole_batch(
    own: Tensor, spec: PPOSpec, processes: Alone, *, step: int
) -> tuple[Tensor, Tensor]:
    """A number of each row of the batch, from the processes that hold them, and which are own's.

    own: (B,), of the rows that this process holds. Returned are (batch_size,) and their places in
    it, (B,).
    """
    held = torch.tensor(rows_of(spec, processes, step=step), device=own.device)
    return processes.sum(own.new_zeros(spec.batch_size).index_copy(0, held, own)), held


def micro_batches(rows: Rows, index: Tensor, size: int) -> Iterator[Tensor]:
    """`index` cut into parts of at most `size` rows of like length, so that little is padding."""
    # The index lies on the CPU; rows may lie elsewhere, where what is on the CPU cannot be indexed.
    by_length = index[rows.lengths[index].argsort(stable=True).to(index.device)]
    return iter(by_length.split(size)) if len(index) else iter(())
