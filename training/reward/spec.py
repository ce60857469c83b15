"""What the training of a reward model is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from training.contract.spec import Spec
from training.contract.tables import DEMONSTRATIONS, PROMPTS, RANKINGS, Table

LEARNING_PARTS = (8, 4, 2, 1)  # a learning curve has an eighth, a quarter, half, all of the prompts


@dataclass(frozen=True, kw_only=True)
class RewardSpec(Spec):
    """K-wise reward model. `demonstrations`, where there are any, set the bias of its score.

    `prompts`, where there are any, are asked of `reference`: within them its texts get sd 1.
    """

    stage: ClassVar[str] = "reward"
    is_shared: ClassVar[bool] = True
    at_once: ClassVar[str] = "micro_batch_tokens"
    least: ClassVar[int] = 128  # about a short ranking
    data: ClassVar[Mapping[str, Table]] = {
        "train": RANKINGS,
        "heldout": RANKINGS,
        "demonstrations": DEMONSTRATIONS,
        "prompts": PROMPTS,
    }
    results: ClassVar[Mapping[str, str]] = {
        "rankings": "trained on",
        "effective": "rankings of equal weight that are worth as much",
        "pairs": "strict pairs in them",
        "skipped": "of these, by reason: too_long, empty, same_text, refused, weightless, "
        "no_pair: all is tied",
        "dropped": "the prompts' ids by reason, held-out ones too; texts: of some in rankings used",
        "spread": "sd of the raw rewards that gain is measured on; within prompts, if asked",
        "useless": "whether it tells texts apart by next to nothing",
        "gain": "score = gain * raw + bias",
        "bias": "see gain",
        "heldout": "rankings, and the figures of training.pair_metrics",
        "learning": "reward models on shares of the labels: labels, repeat, held-out accuracy",
        "template_hash": "of the model's chat template",
    }
    model: str
    epochs: int = 1
    learning_rate: float = 9e-6
    head_learning_rate: float = 1e-3  # of the score head, which starts at zero
    batch_size: int = 64  # rankings
    max_tokens: int = 2048
    frozen_layers: int = 0  # the lowest layers keep the SFT model's weights
    lora_rank: int = 0  # of matrices that learn beside the weights; 0: these learn themselves
    precision: str = "auto"  # of products: "bf16", "fp32", or what is faster here
    ties: str = "none"  # or "half": a tied pair has label 0.5
    tier_offset: float = 0.0  # by how much rewards should differ for each tier between two texts
    micro_batch_tokens: int = 2048  # at a time, or one ranking
    checkpoint_every: int = 20
    reference: str = ""  # what PPO will start from; empty: `model`
    scale_texts: int = 4  # of each of the prompts; at `temperature`, of `max_new_tokens` at most
    max_new_tokens: int = 128
    temperature: float = 1.0
    learning_repeats: int = 0  # of each share of a learning curve, which is measured afterwards

    def __post_init__(self) -> None:
        """ValueError for ties that are not known."""
        if self.ties not in {"none", "half"}:
            raise ValueError(f'ties is {self.ties!r}, not "none" or "half"')
