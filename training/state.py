"""A training run's state in a checkpoint folder: trained parameters, optimisers and a few numbers.

Tensors are in `state.safetensors`, numbers in `state.json`. Frozen parameters are not kept twice:
they are those of the model that the job names. Nothing random has a state (`processes.seed_of`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from training.errors import BadInputError
from training.rows import trained

TENSORS, NUMBERS = "state.safetensors", "state.json"


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

    def save(self, folder: Path, **numbers: Any) -> None:
        tensors = self._named()
        for name, optimiser in self.optimisers.items():
            for index, slots in optimiser.state_dict()["state"].items():
                tensors |= {f"optimiser/{name}/{index}/{slot}": slots[slot] for slot in slots}
        save_file({key: tensor.contiguous() for key, tensor in tensors.items()}, folder / TENSORS)
        (folder / NUMBERS).write_text(json.dumps(numbers) + "\n", encoding="utf-8")

    def load(self, folder: Path) -> dict[str, Any]:
        """Take everything back, in place; the numbers. BadInputError when it is another run's."""
        stored = load_file(folder / TENSORS)
        named = self._named()
        if {key for key in stored if not key.startswith("optimiser/")} != named.keys():
            raise BadInputError(f"{folder}: a checkpoint of another run")
        for key, tensor in named.items():
            tensor.copy_(stored[key])
        for name, optimiser in self.optimisers.items():
            slots: dict[int, dict[str, Tensor]] = {}
            for key, tensor in stored.items():
                if key.startswith(f"optimiser/{name}/"):
                    index, slot = key.split("/")[2:]
                    slots.setdefault(int(index), {})[slot] = tensor
            optimiser.load_state_dict({**optimiser.state_dict(), "state": slots})
        numbers: dict[str, Any] = json.loads((folder / NUMBERS).read_text(encoding="utf-8"))
        return numbers
