"""Two steps of PPO: it samples, and proves that what sampled is what is trained."""

from collections.abc import Mapping

from training.ppo.spec import PPOSpec
from training.ppo.trainer import ppo as stage
from training.trial import PROMPTS, Tables

__all__ = ["ORDER", "job", "stage"]
ORDER = 3


def job(models: Mapping[str, str]) -> tuple[PPOSpec, Tables]:
    """From the SFT model, scored by the reward model."""
    spec = PPOSpec(
        policy=models["sft"],
        reward_model=models["reward"],
        steps=2,
        batch_size=2,
        minibatch_size=2,
        max_new_tokens=8,
        frozen_layers=1,
        lora_rank=2,
    )
    return spec, {"prompts": PROMPTS}
