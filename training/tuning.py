"""What of a model learns, and in which precision it is computed.

All weights: they and the optimiser's state are fp32, and where the machine multiplies bf16 fast,
products are (autocast). LoRA (2106.09685): the weights lie as they are multiplied and keep still;
matrices of a low rank beside them learn, in fp32. Heads, losses and log-probabilities are always
fp32.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

import torch

from training.models import SMALL, device, dtype_in

AUTO, BF16, FP32 = "auto", "bf16", "fp32"
LARGE = (
    500_000_000  # parameters, from which a GPU computes activations twice instead of keeping them
)


class Told(Protocol):
    """What a spec says of it."""

    @property
    def lora_rank(self) -> int: ...
    @property
    def precision(self) -> str: ...
    @property
    def seed(self) -> int: ...


@dataclass(frozen=True)
class Tuning:
    """frozen_layers: the lowest, which keep still. lora_rank: 0 where weights learn themselves.

    checkpointing: activations of a layer are computed again for its gradient.
    """

    frozen_layers: int = 0
    lora_rank: int = 0
    compute: torch.dtype = torch.float32
    checkpointing: bool = False
    seed: int = 0

    @classmethod
    def of(cls, spec: Told, folder: Path | str) -> Self:
        """As `spec` says of the model in `folder`, on this machine."""
        size = parameters_in(Path(folder))
        return cls(
            frozen_layers=getattr(spec, "frozen_layers", 0),
            lora_rank=spec.lora_rank,
            compute=compute_dtype(spec.precision, parameters=size),
            checkpointing=device().type == "cuda" and size >= LARGE,
            seed=spec.seed,
        )

    @property
    def weights(self) -> torch.dtype:
        """In which the weights of the model lie."""
        return self.compute if self.lora_rank else torch.float32

    def autocast(self, where: str) -> torch.autocast:
        """Within it products on a device of this type are computed in this precision."""
        half = self.compute
        return torch.autocast(where, dtype=half, enabled=half != torch.float32)

    def sampling(self, where: str) -> torch.autocast:
        """Within it tokens are drawn: a CPU multiplies few rows fastest in fp32 (decision 54)."""
        if where == "cpu" and self.weights == torch.float32:
            return torch.autocast(where, enabled=False)
        return self.autocast(where)


def compute_dtype(precision: str, *, parameters: int) -> torch.dtype:
    """Of the products in training. A model so small gains nothing from bf16."""
    if precision == AUTO:
        precision = BF16 if parameters >= SMALL and multiplies_bf16(device()) else FP32
    return torch.bfloat16 if precision == BF16 else torch.float32


def multiplies_bf16(where: torch.device) -> bool:
    """Whether it does so faster than fp32: GPUs since Ampere, CPUs with instructions for it."""
    if where.type == "cuda":
        return torch.cuda.get_device_capability(where) >= (8, 0)
    able = torch.cpu.get_capabilities()
    return bool(able.get("avx512_bf16") or able.get("amx_bf16"))


def parameters_in(folder: Path) -> int:
    """About how many the model in a folder has."""
    size = sum(path.stat().st_size for path in folder.glob("*.safetensors"))
    return size // dtype_in(folder).itemsize
