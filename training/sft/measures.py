"""How the model of each epoch does on what is held out, and which epoch's is kept for it."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import torch
from transformers import PreTrainedModel

from training.folder import Row
from training.sft.packing import IGNORED
from training.sft.spec import BEST, REWARD

LOSSES, REWARDS = "heldout.json", "rewards.json"  # in each checkpoint: figures by step
BEFORE = "0"  # the step


@dataclass
class Measures:
    """By step, from before the first one on. kept: by which of them an epoch is chosen."""

    kept: str = BEST
    losses: dict[str, float] = field(default_factory=dict)
    rewards: dict[str, float] = field(default_factory=dict)

    def has(self, step: int) -> bool:
        return str(step) in self.losses or str(step) in self.rewards

    @property
    def best_step(self) -> int | None:
        """The end of the epoch that is kept, so far; None where nothing chooses: it is the last."""
        by = {REWARD: self.rewards, BEST: {step: -loss for step, loss in self.losses.items()}}
        worth = {int(step): one for step, one in by.get(self.kept, {}).items() if step != BEFORE}
        return min(worth, key=lambda step: (-worth[step], step), default=None)

    def forget_epochs(self) -> None:
        """Where the best one's model is lost, which then cannot be kept."""
        for figures in (self.losses, self.rewards):
            for step in set(figures) - {BEFORE}:
                del figures[step]

    def write(self, checkpoint: Path) -> None:
        for name, figures in ((LOSSES, self.losses), (REWARDS, self.rewards)):
            (checkpoint / name).write_text(json.dumps(figures), encoding="utf-8")

    def read(self, checkpoint: Path) -> None:
        """Those of an interrupted run; earlier versions knew no rewards."""
        self.losses = json.loads((checkpoint / LOSSES).read_text(encoding="utf-8"))
        if (checkpoint / REWARDS).is_file():
            self.rewards = json.loads((checkpoint / REWARDS).read_text(encoding="utf-8"))

    def result(self, step: int) -> dict[str, float | None]:
        """What the result says of them. step: whose model is kept."""
        return {
            "heldout_loss_before": self.losses.get(BEFORE),
            "heldout_loss": self.losses.get(str(step)),
            "heldout_reward_before": self.rewards.get(BEFORE),
            "heldout_reward": self.rewards.get(str(step)),
        }


@torch.no_grad()
def heldout_loss(model: PreTrainedModel, examples: list[Row]) -> float:
    """Mean negative log-likelihood of all completion tokens, in nats."""
    total, tokens = 0.0, 0
    was_training = model.training
    model.eval()
    for example in examples:
        ids = torch.tensor([example["input_ids"]], device=model.device)
        completion = sum(label != IGNORED for label in example["labels"])
        logits = model(ids, logits_to_keep=completion + 1).logits[0, :-1].float()
        total += torch.nn.functional.cross_entropy(
            logits, ids[0, -completion:], reduction="sum"
        ).item()
        tokens += completion
    model.train(was_training)
    return total / tokens
