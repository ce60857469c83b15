"""What supervised fine-tuning is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from training.contract.spec import Spec
from training.contract.tables import DEMONSTRATIONS, Table

# The epoch with the lowest held-out loss, where any is held out; with the highest reward; the last.
BEST, REWARD, LAST = KEPT = ("best", "reward", "last")


@dataclass(frozen=True, kw_only=True)
class SFTSpec(Spec):
    """Supervised fine-tuning."""

    stage: ClassVar[str] = "sft"
    is_shared: ClassVar[bool] = True
    at_once: ClassVar[str] = "micro_batch_size"
    data: ClassVar[Mapping[str, Table]] = {"train": DEMONSTRATIONS, "heldout": DEMONSTRATIONS}
    results: ClassVar[Mapping[str, str]] = {
        "steps": "optimiser steps",
        "examples": "trained on",
        "heldout_examples": "measured on",
        "dropped_examples": "which cannot be used, of both",
        "dropped": "their prompts' ids by reason: too_long (over max_tokens), refused",
        "heldout_loss_before": "nats a token; null without held-out examples",
        "heldout_loss": "the same of the model that is kept",
        "scored_prompts": "held-out demonstrations' prompts that a reward model scored texts for",
        "heldout_reward_before": "mean normalised score; null where no reward model scores",
        "heldout_reward": "the same of the model that is kept",
        "chosen_step": "whose model is kept, at the end of an epoch",
        "seconds": "of this attempt",
        "template_hash": "of the model's chat template",
    }
    model: str
    epochs: int = 2
    learning_rate: float = 1e-5
    batch_size: int = 32
    micro_batch_size: int = 4
    max_tokens: int = 1024
    checkpoint_every: int = 20  # optimiser steps
    kept: str = BEST  # which epoch's model, one of KEPT
    reward_model: str = ""  # a folder; it chooses by its scores (REWARD)
    score_prompts: int = 32  # held-out demonstrations' prompts that it scores texts for, at most
    max_new_tokens: int = 128  # of these texts
    temperature: float = 1.0  # of these
    lora_rank: int = 0  # of matrices that learn beside the weights; 0: these learn themselves
    precision: str = "auto"  # of products: "bf16", "fp32", or what is faster here

    def __post_init__(self) -> None:
        """ValueError for a choice that is not known."""
        if self.kept not in KEPT:
            raise ValueError(f"kept is {self.kept!r}, not one of {KEPT}")
        if self.kept == REWARD and not self.reward_model:
            raise ValueError(f"kept is {REWARD!r}, and no reward model is named that would score")
