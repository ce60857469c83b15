"""The processes that share one batch: `accelerate launch` starts one per device, or just one.

Every process holds some rows of the batch. Sums over the whole batch are reduced, never means of
means, so that a step does not depend on how many processes take it. Each holds all models as well,
or, where the user's configuration of accelerate says FSDP2, a part of them (`training.sharding`).
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from training.contract.said import say
from training.errors import BadInputError

Part = TypeVar("Part")
Sums = Mapping[str, tuple[Tensor | float, Tensor | float]]
BUCKET_BYTES = 25 * 2**20  # as torch's own DistributedDataParallel has it


class Alone:
    """One process that holds the whole batch."""

    count = 1
    rank = 0
    shards = False  # whether each holds a part of a model only
    device: torch.device | None = None  # of models that lie in parts

    def sum(self, tensor: Tensor) -> Tensor:
        return tensor

    def max(self, tensor: Tensor) -> Tensor:
        return tensor

    def wait(self) -> None:
        pass

    def same(self, value: Part) -> Part:
        """The main process's `value`."""
        return value

    def together(self, values: Sequence[Part]) -> list[Part]:
        """Those of all processes, of which this one has each `count`-th, from its rank on."""
        return list(values)


class Together(Alone):
    """One of the processes that `accelerate launch` started."""

    def __init__(self, accelerator: Any) -> None:
        self.accelerator = accelerator
        self.count: int = accelerator.num_processes
        self.rank: int = accelerator.process_index
        self.shards = accelerator.is_fsdp2
        self.device = accelerator.device if self.shards else None

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

    def same(self, value: Part) -> Part:
        told = [value]
        torch.distributed.broadcast_object_list(told, src=0)
        return told[0]

    def together(self, values: Sequence[Part]) -> list[Part]:
        parts: list[Sequence[Part]] = [()] * self.count
        torch.distributed.all_gather_object(parts, values)
        longest = max(map(len, parts))
        return [part[place] for place in range(longest) for part in parts if place < len(part)]


def start() -> Alone:
    """The processes of this job, through Accelerate; a process started by hand is alone."""
    from accelerate import Accelerator  # noqa: PLC0415 nothing else here needs it

    prepare()
    accelerator = Accelerator(cpu=not torch.cuda.is_available())
    require_known(accelerator)
    return Together(accelerator) if accelerator.num_processes > 1 else Alone()


def prepare() -> None:
    """Before accelerate looks: BadInputError for a configuration that is not known here.

    What it leaves open of FSDP has one way: a layer is whole at a time, each process reads a model
    before it keeps its part, and whether activations are kept is not FSDP's to say.
    """
    for kind in ("DEEPSPEED", "MEGATRON_LM"):
        if told(f"ACCELERATE_USE_{kind}"):
            raise BadInputError(
                say(
                    "Rondo's trainers do not know {kind}. To shard a model, take a "
                    "configuration of accelerate with distributed_type: FSDP and "
                    "fsdp_version: 2 (docs/scale.md)",
                    kind=kind,
                )
            )
    if not told("ACCELERATE_USE_FSDP"):
        return
    if os.environ.get("FSDP_VERSION", "1") != "2":
        raise BadInputError(
            say(
                "Rondo's trainers know the second version of FSDP only: set "
                "fsdp_version: 2 in the configuration of accelerate (accelerate "
                "to-fsdp2 converts one of the first)"
            )
        )
    if told("FSDP_OFFLOAD_PARAMS"):
        raise BadInputError(
            say(
                "parameters cannot lie on the CPU: set fsdp_offload_params: false "
                "in the configuration of accelerate, and take more GPUs or LoRA"
            )
        )
    os.environ["FSDP_AUTO_WRAP_POLICY"] = "TRANSFORMER_BASED_WRAP"
    os.environ["FSDP_STATE_DICT_TYPE"] = "SHARDED_STATE_DICT"
    os.environ["FSDP_CPU_RAM_EFFICIENT_LOADING"] = "false"
    os.environ["FSDP_ACTIVATION_CHECKPOINTING"] = "false"


def told(variable: str) -> bool:
    """Whether accelerate says so."""
    return os.environ.get(variable, "false").lower() == "true"


def loads_to() -> torch.device | None:
    """Where a model waits to be parted; None where it shall not be."""
    several = int(os.environ.get("WORLD_SIZE", "1")) > 1
    return torch.device("cpu") if several and told("ACCELERATE_USE_FSDP") else None


def require_known(accelerator: Any) -> None:
    """BadInputError where accelerate has found something else than what `prepare` knows."""
    kind = accelerator.distributed_type.value
    if kind not in {"NO", "MULTI_CPU", "MULTI_GPU", "FSDP"}:
        raise BadInputError(
            say("Rondo's trainers do not know {kind}: take another configuration", kind=kind)
        )


def share_of(batch_size: int, processes: int) -> int:
    """How many rows of a batch each process gets; BadInputError when they would not be equal."""
    if batch_size % processes:
        raise BadInputError(
            say(
                "a batch of {batch_size} cannot be shared by {processes} "
                "processes: choose a multiple of {processes}",
                batch_size=batch_size,
                processes=processes,
            )
        )
    return batch_size // processes


def any_of(processes: Alone, flag: bool) -> bool:
    """Whether any process says so: all must leave a loop together."""
    return bool(processes.max(torch.tensor(float(flag))))


def in_step(processes: Alone, parts: Iterable[Part], spare: Part) -> Iterator[tuple[Part, bool]]:
    """This process's parts of a batch, and whether each counts.

    Where a model lies in parts it is computed by all processes at a time: one that has fewer parts
    takes `spare` until all have taken as many, and counts it for nothing.
    """
    own = list(parts)
    missing = int(processes.max(torch.tensor(len(own)))) - len(own) if processes.shards else 0
    yield from ((part, True) for part in own)
    yield from ((spare, False) for _ in range(missing))


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
