"""Two steps of supervised fine-tuning, with a checkpoint after each."""

from collections.abc import Mapping

from training.sft.spec import SFTSpec
from training.sft.trainer import sft as stage
from training.trial import DEMONSTRATIONS, Tables

__all__ = ["ORDER", "job", "stage"]
ORDER = 1


def job(models: Mapping[str, str]) -> tuple[SFTSpec, Tables]:
    """From the base model."""
    spec = SFTSpec(model=models["base_model"], epochs=1, batch_size=1, checkpoint_every=1)
    return spec, {"train": DEMONSTRATIONS, "heldout": DEMONSTRATIONS}
