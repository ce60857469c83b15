"""What generation is told."""

from dataclasses import dataclass
from typing import ClassVar

from training.contract.spec import Spec


@dataclass(frozen=True, kw_only=True)
class GenerateSpec(Spec):
    """Sample completions. Input: data/prompts.parquet (prompt_id, messages, n).

    Output: output/completions.parquet (prompt_id, position, text, tokens, finish_reason).
    """

    stage: ClassVar[str] = "generate"
    model: str
    temperature: float = 1.0
    top_p: float = 1.0
    max_new_tokens: int = 128
    batch_size: int = 32
