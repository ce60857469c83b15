"""What a choice is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from training.contract.spec import Spec
from training.contract.tables import CANDIDATES, SCORES, Table


@dataclass(frozen=True, kw_only=True)
class ChooseSpec(Spec):
    """Score completions of candidates with two reward models; the platform chooses by it."""

    stage: ClassVar[str] = "choose"
    data: ClassVar[Mapping[str, Table]] = {"candidates": CANDIDATES}
    output: ClassVar[Mapping[str, Table]] = {"scores": SCORES}
    results: ClassVar[Mapping[str, str]] = {
        "candidates": "how many were scored",
        "dropped_prompts": "which one of the models cannot take: too long, empty or refused",
        "seconds": "of this attempt",
    }
    reward_model: str
    second_reward_model: str
