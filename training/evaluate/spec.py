"""What evaluation is told."""

from dataclasses import dataclass, field
from typing import ClassVar

from training.contract.spec import Spec


@dataclass(frozen=True, kw_only=True)
class EvaluateSpec(Spec):
    """Complete held-out prompts with each model and score the texts.

    Input: data/prompts.parquet (prompt_id, messages); data/rankings.parquet (as RewardSpec) where a
    reward model is given. Output: output/samples.parquet (model, prompt_id, text, tokens,
    finish_reason, reward, kl) and result.json with `models: {name: {reward, kl, length, eos_rate,
    distinct_1, distinct_2}}` and `reward_model: {accuracy, log_loss, pairs, …}`.
    """

    stage: ClassVar[str] = "evaluate"
    models: dict[str, str] = field(default_factory=dict)  # name -> folder
    reference: str = ""  # KL is measured against this model
    reward_model: str = ""
    max_new_tokens: int = 128
    temperature: float = 1.0
    samples_per_prompt: int = 1
    batch_size: int = 32
