"""What evaluation is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from training.contract.spec import Spec
from training.contract.tables import PROMPTS, RANKING_REWARDS, RANKINGS, SAMPLES, Table


@dataclass(frozen=True, kw_only=True)
class EvaluateSpec(Spec):
    """Complete held-out prompts with each model and score the texts.

    `rankings` are scored where a reward model is given. result.json has `models: {name: {reward,
    kl, length, eos_rate, distinct_1, distinct_2}}` and `reward_model: {accuracy, log_loss, pairs,
    …}`.
    """

    stage: ClassVar[str] = "evaluate"
    data: ClassVar[Mapping[str, Table]] = {"prompts": PROMPTS, "rankings": RANKINGS}
    output: ClassVar[Mapping[str, Table]] = {"samples": SAMPLES, "rankings": RANKING_REWARDS}
    models: dict[str, str] = field(default_factory=dict)  # name -> folder
    reference: str = ""  # KL is measured against this model
    reward_model: str = ""
    max_new_tokens: int = 128
    temperature: float = 1.0
    samples_per_prompt: int = 1
    batch_size: int = 32
