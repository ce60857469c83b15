"""Two steps of a reward model."""

from collections.abc import Mapping

from training.reward.spec import RewardSpec
from training.reward.trainer import reward as stage
from training.trial import DEMONSTRATIONS, RANKINGS, Tables

__all__ = ["ORDER", "job", "stage"]
ORDER = 2


def job(models: Mapping[str, str]) -> tuple[RewardSpec, Tables]:
    """From the SFT model."""
    spec = RewardSpec(
        model=models["sft"], batch_size=1, frozen_layers=1, lora_rank=2, checkpoint_every=1
    )
    return spec, {"train": RANKINGS, "heldout": RANKINGS, "demonstrations": DEMONSTRATIONS}
