"""What supervised fine-tuning is told."""

from dataclasses import dataclass
from typing import ClassVar

from training.contract.spec import Spec


@dataclass(frozen=True, kw_only=True)
class SFTSpec(Spec):
    """Supervised fine-tuning. Input: data/{train,heldout}.parquet (messages, completion)."""

    stage: ClassVar[str] = "sft"
    is_shared: ClassVar[bool] = True
    model: str
    epochs: int = 2
    learning_rate: float = 1e-5
    batch_size: int = 32
    micro_batch_size: int = 4
    max_tokens: int = 1024
    checkpoint_every: int = 20  # optimiser steps
