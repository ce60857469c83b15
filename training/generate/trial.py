"""Completions of the policy that was trained last."""

from collections.abc import Mapping

from training.generate.spec import GenerateSpec
from training.generate.trainer import generate as stage
from training.trial import PROMPTS, Tables

__all__ = ["ORDER", "job", "stage"]
ORDER = 4


def job(models: Mapping[str, str]) -> tuple[GenerateSpec, Tables]:
    """Of the policy that PPO made."""
    spec = GenerateSpec(model=models["ppo"], max_new_tokens=8)
    return spec, {"prompts": [{**prompt, "n": 2} for prompt in PROMPTS]}
