"""What generation is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from training.contract.spec import Spec
from training.contract.tables import COMPLETIONS, REQUESTS, Table


@dataclass(frozen=True, kw_only=True)
class GenerateSpec(Spec):
    """Sample completions of a model for prompts."""

    stage: ClassVar[str] = "generate"
    may_be_served: ClassVar[bool] = True
    at_once: ClassVar[str] = "batch_size"
    data: ClassVar[Mapping[str, Table]] = {"prompts": REQUESTS}
    output: ClassVar[Mapping[str, Table]] = {"completions": COMPLETIONS}
    results: ClassVar[Mapping[str, str]] = {
        "completions": "how many were written",
        "dropped_prompts": "which the model cannot take",
        "dropped": "their ids by reason: too_long, refused",
        "tokens": "of all completions",
        "eos_rate": "share that ended by itself; null without completions",
        "seconds": "of this attempt",
        "template_hash": "of the model's chat template",
        "context": "tokens of a conversation with its answer, at most",
        "system_turns": "whether the chat template takes them",
        "tool_turns": "whether it writes tools, calls of them and their results",
    }
    model: str
    temperature: float = 1.0
    top_p: float = 1.0
    max_new_tokens: int = 128
    batch_size: int = 0  # completions at once, at most; 0 for as many as memory holds
    exact: bool = False  # in float32 whatever the model's own precision, as evaluations write
