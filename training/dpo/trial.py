"""Two steps of DPO, and samples of what it made."""

from collections.abc import Mapping

from training.dpo.spec import DPOSpec
from training.dpo.trainer import dpo as stage
from training.trial import PROMPTS, RANKINGS, Tables

__all__ = ["ORDER", "job", "stage"]
ORDER = 2


def job(models: Mapping[str, str]) -> tuple[DPOSpec, Tables]:
    """From the SFT model."""
    spec = DPOSpec(
        model=models["sft"],
        batch_size=1,
        max_new_tokens=8,
        frozen_layers=1,
        lora_rank=2,
        checkpoint_every=1,
        sample_every=1,
    )
    return spec, {"train": RANKINGS, "heldout": RANKINGS, "samples": PROMPTS}
