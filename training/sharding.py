"""Models that lie in parts, one on each process: FSDP2, torch's `fully_shard`.

A layer is whole on a process only while it is computed. So all processes must compute as many rows
at a time, as often (`processes.in_step`), but for what they do within `gathered`. Gradients are
summed, never averaged: each was divided by the tokens of the whole batch. What belongs to no layer
of a decoder (a score head) is whole on each process, and its gradients are summed as ever.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.distributed.device_mesh import DeviceMesh, init_device_mesh
from torch.distributed.fsdp import FSDPModule, MixedPrecisionPolicy, fully_shard
from torch.distributed.tensor import DTensor

from training.contract.said import say
from training.errors import BadInputError
from training.processes import Alone, sum_gradients
from training.trunk import layers_of

if TYPE_CHECKING:
    from training.tuning import Tuning

Known = dict[nn.Parameter, nn.Parameter]  # what was whole, and the part of it that is left

_meshes: dict[int, DeviceMesh] = {}


def shard(module: Any, root: Any, processes: Alone, known: Known | None = None) -> None:
    """Keep this process's part of `root`, a decoder or a model with one.

    module: what computes it, a Policy or a RewardModel, whose head stays whole. known: of other
    modules that share what does not learn with this one; they go on to do so.
    """
    if not processes.shards:
        return
    module.backbone.probe()
    device = processes.device or torch.device("cpu")
    mesh, policy = _mesh(processes.count, device), _precision(module.backbone.tuning)
    whole = _let_go(root)
    for layer in layers_of(root.base_model):
        fully_shard(layer, mesh=mesh, mp_policy=policy)
    fully_shard(root, mesh=mesh, mp_policy=policy, reshard_after_forward=True)
    for part in _units(root):
        part.set_gradient_divide_factor(1.0)
        # gloo has no other sum, and NCCL's multiplied one is wrong in bf16 (pytorch 190747).
        part.set_force_sum_reduction_for_comms(enable=True)
    _share(root, whole, {} if known is None else known)
    for tensor in (*module.parameters(), *module.buffers()):
        if not is_part(tensor):
            tensor.data = tensor.data.to(device)


def require_nothing_frozen(processes: Alone, frozen_layers: int) -> None:
    """BadInputError, with what to do, where layers shall be frozen that lie in parts."""
    if processes.shards and frozen_layers:
        raise BadInputError(
            say(
                "{frozen_layers} frozen layers: what they make of a row is kept by "
                "a process, while under FSDP all processes compute a layer "
                "together. Set frozen layers to 0; LoRA trains as little",
                frozen_layers=frozen_layers,
            )
        )


@contextmanager
def gathered(module: nn.Module, needed: bool = True) -> Iterator[None]:
    """Within it `module` is whole on each process, which computes it alone, as often as it likes.

    Nothing learns there. needed: else all stays as it is.
    """
    units = _units(module) if needed else []
    for unit in units:
        unit.unshard()
        unit.set_reshard_after_forward(reshard_after_forward=False, recurse=False)
    try:
        yield
    finally:
        for unit in units:
            unit.set_reshard_after_forward(reshard_after_forward=True, recurse=False)
            unit.reshard()


@torch.no_grad()
def whole(module: nn.Module, processes: Alone) -> dict[str, Tensor]:
    """The tensors of `module`, whole; where they lie in parts, on the main process's CPU only.

    One after the other is put together, which all processes do.
    """
    if not processes.shards:
        return dict(module.state_dict())
    found: dict[str, Tensor] = {}
    known: dict[int, Tensor] = {}
    tensors = module.state_dict()
    named = dict(module.named_parameters(remove_duplicate=False))
    for name, tensor in tensors.items():
        key = id(named.get(name, tensor))  # one tensor under two names stays one
        if key not in known:
            one = tensor.full_tensor() if isinstance(tensor, DTensor) else tensor
            known[key] = one.cpu() if processes.rank == 0 else torch.empty(0)
        found[name] = known[key]
    return found if processes.rank == 0 else {}


@torch.no_grad()
def sum_and_clip(processes: Alone, parameters: Iterable[nn.Parameter], *, most: float) -> float:
    """Sum the gradients of all processes and shorten them to a norm of `most`; the norm before."""
    parameters = list(parameters)
    parts = [parameter for parameter in parameters if is_part(parameter)]
    others = [parameter for parameter in parameters if not is_part(parameter)]
    sum_gradients(processes, others)
    if not parts:
        return float(nn.utils.clip_grad_norm_(parameters, most))
    gradients = [local(one.grad) for one in parts if one.grad is not None]
    theirs = [one.grad for one in others if one.grad is not None]
    square = processes.sum(_norm(gradients).square()) + _norm(theirs).square().to(processes.device)
    norm = float(square.sqrt())
    scale = min(1.0, most / (norm + 1e-6))
    for gradient in (*gradients, *theirs):
        gradient.mul_(scale)
    return norm


def alike(parameters: Iterable[nn.Parameter]) -> list[list[nn.Parameter]]:
    """Those that lie in parts, and the others: an optimiser takes them one group at a time."""
    both: tuple[list[nn.Parameter], list[nn.Parameter]] = ([], [])
    for parameter in parameters:
        both[not is_part(parameter)].append(parameter)
    return [some for some in both if some]


def is_part(tensor: Tensor) -> bool:
    """Whether a process has a part of it only."""
    return isinstance(tensor, DTensor)


def local(tensor: Tensor) -> Tensor:
    """What this process has of it; what is done to that in place is done to `tensor`."""
    return tensor.to_local() if isinstance(tensor, DTensor) else tensor


def _norm(gradients: list[Tensor]) -> Tensor:
    return nn.utils.get_total_norm([one for one in gradients if one.numel()]).float()


def _units(module: nn.Module) -> list[FSDPModule]:
    return [part for part in module.modules() if isinstance(part, FSDPModule)]


def _mesh(count: int, device: torch.device) -> DeviceMesh:
    """One for all models of this process."""
    if count not in _meshes:
        _meshes[count] = init_device_mesh(device.type, (count,))
    return _meshes[count]


def _precision(tuning: "Tuning") -> MixedPrecisionPolicy:
    """Weights that are multiplied in another precision than they lie in are gathered in it.

    Autocast would keep a copy of every layer's until its gradient is there: the whole model.
    """
    if tuning.compute == tuning.weights:
        return MixedPrecisionPolicy()
    return MixedPrecisionPolicy(
        param_dtype=tuning.compute, reduce_dtype=torch.float32, cast_forward_inputs=False
    )


def _let_go(root: nn.Module) -> dict[str, nn.Parameter]:
    """What of `root` does not learn, by name; `root` has the same numbers as parameters of its own.

    Others may share them, and wait on the CPU to be parted in their turn.
    """
    still = {name: one for name, one in root.named_parameters() if not one.requires_grad}
    _replace(root, {one: nn.Parameter(one.data, requires_grad=False) for one in still.values()})
    return still


def _share(root: nn.Module, whole: dict[str, nn.Parameter], known: Known) -> None:
    """Let `root` have those parts of `whole`, its parameters before, that another has already."""
    now = dict(root.named_parameters())
    _replace(root, {now[name]: known[one] for name, one in whole.items() if one in known})
    for name, one in whole.items():
        known.setdefault(one, now[name])


def _replace(root: nn.Module, parameters: dict[nn.Parameter, nn.Parameter]) -> None:
    """By each of its names, where one has several."""
    for module in root.modules():
        for name, own in module._parameters.items():
            if own is not None and own in parameters:
                module._parameters[name] = parameters[own]
