"""A training run's state in a checkpoint folder: trained parameters, optimisers and a few numbers.

Tensors are in `state.safetensors`, or, where each process has a part of them, in `parts/`, of which
each writes its own and any number of processes may read (torch's distributed checkpoint). Numbers
are in `state.json`. Frozen parameters are not kept twice: they are those of the model that the job
names. Nothing random has a state (`processes.seed_of`).
"""

import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.distributed.checkpoint.filesystem import FileSystemReader
from torch.distributed.checkpoint.state_dict_loader import load
from torch.distributed.checkpoint.state_dict_saver import save
from torch.distributed.tensor import DTensor, distribute_tensor

from training.contract.said import say
from training.errors import BadInputError
from training.rows import trained
from training.sharding import local

TENSORS, NUMBERS, PARTS = "state.safetensors", "state.json", "parts"


@dataclass(frozen=True)
class State:
    """What a run consists of. `tensors` are kept as they are: averages and the like."""

    modules: Mapping[str, nn.Module]
    optimisers: Mapping[str, torch.optim.Optimizer]
    tensors: Mapping[str, Mapping[str, Tensor]]

    def _named(self) -> dict[str, Tensor]:
        """Every tensor of the state but the optimisers', by name; those of the run, not copies."""
        named = {
            f"module/{name}/{key}": parameter.detach()
            for name, module in self.modules.items()
            for key, parameter in trained(module).items()
        }
        for name, group in self.tensors.items():
            named |= {f"tensor/{name}/{key}": tensor for key, tensor in group.items()}
        return named

    def _all(self) -> dict[str, Tensor]:
        """With the optimisers'."""
        tensors = self._named()
        for name, optimiser in self.optimisers.items():
            for index, slots in optimiser.state_dict()["state"].items():
                tensors |= {f"optimiser/{name}/{index}/{slot}": slots[slot] for slot in slots}
        return tensors

    def save(self, folder: Path, *, with_tensors: bool = True, **numbers: Any) -> None:
        """Write the numbers, and the tensors unless they lie in parts."""
        if with_tensors:
            tensors = {key: tensor.contiguous() for key, tensor in self._all().items()}
            save_file(tensors, folder / TENSORS)
        (folder / NUMBERS).write_text(json.dumps(numbers) + "\n", encoding="utf-8")

    def save_parts(self, folder: Path) -> None:
        """Write this process's part of the tensors; all processes do."""
        save(self._all(), checkpoint_id=folder / PARTS)

    def load(self, folder: Path) -> dict[str, Any]:
        """Take everything back, in place; the numbers. BadInputError when it is another run's.

        All processes do. As many as wrote it or others, with whole models or with parts of them.
        """
        numbers: dict[str, Any] = json.loads((folder / NUMBERS).read_text(encoding="utf-8"))
        in_parts = (folder / PARTS).is_dir()
        stored = names_in(folder / PARTS) if in_parts else load_file(folder / TENSORS)
        named = self._named()
        if {key for key in stored if not key.startswith("optimiser/")} != named.keys():
            raise BadInputError(say("{folder}: a checkpoint of another run", folder=folder))
        slots = {
            name: self._slots(name, optimiser, stored)
            for name, optimiser in self.optimisers.items()
        }
        for name, own in slots.items():
            for index, tensors in own.items():
                named |= {f"optimiser/{name}/{index}/{slot}": tensors[slot] for slot in tensors}
        if in_parts:
            with warnings.catch_warnings():  # that one process alone reads them
                warnings.simplefilter("ignore")
                load(named, checkpoint_id=folder / PARTS)
        else:
            for key, tensor in named.items():
                take(tensor, stored[key])
        for name, optimiser in self.optimisers.items():
            optimiser.load_state_dict({**optimiser.state_dict(), "state": slots[name]})
        return numbers

    def _slots(
        self, name: str, optimiser: torch.optim.Optimizer, stored: Mapping[str, Any]
    ) -> dict[int, dict[str, Tensor]]:
        """Room for what is stored of an optimiser, which has none before its first step."""
        parameters = [one for group in optimiser.param_groups for one in group["params"]]
        found: dict[int, dict[str, Tensor]] = {}
        for key in stored:
            if key.startswith(f"optimiser/{name}/"):
                index, slot = key.split("/")[2:]
                like = parameters[int(index)].detach()
                room = torch.zeros(()) if slot == "step" else torch.zeros_like(like)
                found.setdefault(int(index), {})[slot] = room
        return found


def names_in(parts: Path) -> dict[str, Any]:
    """The names of what lies there in parts."""
    return dict(FileSystemReader(parts).read_metadata().state_dict_metadata)


@torch.no_grad()
def take(tensor: Tensor, whole: Tensor) -> None:
    """Let `tensor`, or this process's part of it, be what `whole` is."""
    if isinstance(tensor, DTensor):
        part = distribute_tensor(whole.to(tensor.device), tensor.device_mesh, tensor.placements)
        local(tensor).copy_(local(part))
    else:
        tensor.copy_(whole)
