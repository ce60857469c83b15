"""The processes that share one batch: `accelerate launch` starts one per device, or just one.

Every process holds some rows of the batch. Sums over the whole batch are reduced, never means of
means, so that a step does not depend on how many processes take it.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from training.errors import BadInputError

Sums = Mapping[str, tuple[Tensor | float, Tensor | float]]
BUCKET_BYTES = 25 * 2**20  # as torch's own DistributedDataParallel has it


class Alone:
    """One process that holds the whole batch."""

    count = 1
    rank = 0

    def sum(self, tensor: Tensor) -> Tensor:
        return tensor

    def max(self, tensor: Tensor) -> Tensor:
        return tensor

    def wait(self) -> None:
        pass


class Together(Alone):
    """One of the processes that `accelerate launch` started."""

    def __init__(self, accelerator: Any) -> None:
        self.accelerator = accelerator
        self.count: int = accelerator.num_processes
        self.rank: int = accelerator.process_index

    def sum(self, tensor: Tensor) -> Tensor:
        here = tensor.detach().clone().to(self.accelerator.device)
        total: Tensor = self.accelerator.reduce(here, "sum")
        return total.to(tensor.device)

    def max(self, tensor: Tensor) -> Tensor:
        gathered: Tensor = self.accelerator.gather(
            tensor.detach().to(self.accelerator.device).reshape(1)
        )
        return gathered.max().to(tensor.device)

    def wait(self) -> None:
        self.accelerator.wait_for_everyone()


def start() -> Alone:
    """The processes of this job, through Accelerate; a process started by hand is alone."""
    from accelerate import Accelerator  # noqa: PLC0415 nothing else here needs it

    accelerator = Accelerator(cpu=not torch.cuda.is_available())
    require_replicas(accelerator)
    return Together(accelerator) if accelerator.num_processes > 1 else Alone()


def require_replicas(accelerator: Any) -> None:
    """BadInputError under FSDP, DeepSpeed and the like: each process here holds the whole model."""
    kind = accelerator.distributed_type.value
    if kind not in {"NO", "MULTI_CPU", "MULTI_GPU"}:
        raise BadInputError(
            f"{kind} shards the model, which Rondo's trainers cannot: "
            "take a configuration of accelerate without it"
        )


def share_of(batch_size: int, processes: int) -> int:
    """How many rows of a batch each process gets; BadInputError when they would not be equal."""
    if batch_size % processes:
        raise BadInputError(
            f"a batch of {batch_size} cannot be shared by {processes} processes: "
            f"choose a multiple of {processes}"
        )
    return batch_size // processes


def any_of(processes: Alone, flag: bool) -> bool:
    """Whether any process says so: all must leave a loop together."""
    return bool(processes.max(torch.tensor(float(flag))))


@contextmanager
def in_turn(processes: Alone) -> Iterator[None]:
    """First the main process, then the others: they find the files as the main one left them."""
    if processes.rank:
        processes.wait()
    yield
    if not processes.rank:
        processes.wait()


def averages(processes: Alone, sums: Sums) -> dict[str, float]:
    """Weighted means over all processes, from (sum, weight) of this one, in fp64."""
    table = torch.tensor(
        [[float(total), float(weight)] for total, weight in sums.values()], dtype=torch.float64
    )
    total, weight = processes.sum(table).T
    return dict(zip(sums, (total / weight).tolist(), strict=True))


def sum_gradients(processes: Alone, parameters: Iterable[nn.Parameter]) -> None:
    """Add the gradients of all processes up; each had divided by the tokens of the whole batch.

    A bucket at a time: a message for each parameter would mostly be waiting.
    """
    if processes.count == 1:
        return
    for bucket in buckets(parameters):
        for parameter in bucket:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        gradients = [parameter.grad for parameter in bucket if parameter.grad is not None]
        total = processes.sum(torch.cat([gradient.flatten() for gradient in gradients]))
        for gradient, part in zip(
            gradients, total.split([gradient.numel() for gradient in gradients]), strict=True
        ):
            gradient.copy_(part.view_as(gradient))


def buckets(parameters: Iterable[nn.Parameter]) -> Iterator[list[nn.Parameter]]:
    """Parameters of one type and device in their order, some BUCKET_BYTES together."""
    bucket: list[nn.Parameter] = []
    size = 0
    for parameter in parameters:
        alike = not bucket or (parameter.dtype, parameter.device) == (
            bucket[0].dtype,
            bucket[0].device,
        )
        if bucket and (not alike or size + parameter.nbytes > BUCKET_BYTES):
            yield bucket
            bucket, size = [], 0
        bucket.append(parameter)
        size += parameter.nbytes
    if bucket:
        yield bucket


def seed_of(*parts: int | str) -> int:
    """A seed that depends on each part and on nothing else: what is random needs no saved state."""
    digest = hashlib.sha256(repr(parts).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def permutation(size: int, *parts: int | str) -> Tensor:
    """A random order of 0..size-1 that `seed_of(*parts)` decides."""
    return torch.randperm(size, generator=torch.Generator().manual_seed(seed_of(*parts)))
