"""What evaluation is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from training.contract.spec import Spec
from training.contract.tables import PROMPTS, RANKING_REWARDS, RANKINGS, SAMPLES, Table

BEST_OF = "best_of"  # in the place of a model's name


@dataclass(frozen=True, kw_only=True)
class EvaluateSpec(Spec):
    """Complete held-out prompts with each model and score the texts.

    `rankings` are scored where a reward model is given.
    """

    stage: ClassVar[str] = "evaluate"
    may_be_served: ClassVar[bool] = True
    at_once: ClassVar[str] = "batch_size"
    data: ClassVar[Mapping[str, Table]] = {"prompts": PROMPTS, "rankings": RANKINGS}
    output: ClassVar[Mapping[str, Table]] = {
        "samples": SAMPLES,
        "rankings": RANKING_REWARDS,
        "best_of": SAMPLES,
    }
    results: ClassVar[Mapping[str, str]] = {
        "models": "name: means over its samples (reward, kl in nats, length in tokens, …)",
        "best_of": "means over the reward model's favourite of each prompt; null without any",
        "dropped_prompts": "which the model cannot take",
        "dropped": "their ids by reason: too_long, refused",
        "reward_model": "rankings, skipped, the figures of training.pair_metrics; null without one",
        "second_reward_model": "the same of the second one; null without one",
    }
    models: dict[str, str] = field(default_factory=dict)  # name -> folder
    reference: str = ""  # KL is measured against this model
    sft: str = ""  # and against this one, where it is not the reference
    reward_model: str = ""
    second_reward_model: str = ""  # which no policy was trained on: it scores the same texts
    best_of: int = 0  # texts that `best_of_model` writes for each prompt
    best_of_model: str = ""  # a folder; needs a reward model, which has a favourite among them
    max_new_tokens: int = 128
    temperature: float = 1.0
    samples_per_prompt: int = 1
    batch_size: int = 0  # completions at once, at most; 0 for as many as memory holds

    @property
    def writers(self) -> dict[str, str]:
        """Name -> folder of all that write: the models, then the one whose best texts count."""
        chosen = self.best_of and self.best_of_model and self.reward_model
        return {**self.models, **({BEST_OF: self.best_of_model} if chosen else {})}

    def texts(self, name: str) -> int:
        """How many it writes for each prompt."""
        return self.best_of if name == BEST_OF else self.samples_per_prompt

    @property
    def known(self) -> str | None:
        """Of `models` the one whose best texts count: equal seeds made it write the first ones."""
        same = (name for name, path in self.models.items() if path == self.best_of_model)
        return next(same, None)

    def written_before(self, name: str) -> int:
        """How many of its texts for each prompt are there under another name."""
        return min(self.best_of, self.samples_per_prompt) if name == BEST_OF and self.known else 0
