"""What DPO is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from training.contract.spec import Spec
from training.contract.tables import PROMPTS, RANKINGS, Table


@dataclass(frozen=True, kw_only=True)
class DPOSpec(Spec):
    """DPO (2305.18290) on all strict pairs of rankings; the reference is `model` as it is.

    `samples` are held-out prompts, completed every `sample_every` steps for the run page and once
    more at the end, for the KL.
    """

    stage: ClassVar[str] = "dpo"
    is_shared: ClassVar[bool] = True
    at_once: ClassVar[str] = "micro_batch_tokens"
    data: ClassVar[Mapping[str, Table]] = {
        "train": RANKINGS,
        "heldout": RANKINGS,
        "samples": PROMPTS,
    }
    results: ClassVar[Mapping[str, str]] = {
        "steps": "optimiser steps",
        "rankings": "trained on",
        "effective": "rankings of equal weight that are worth as much",
        "pairs": "strict pairs in them",
        "skipped": "of these, by reason: too_long, empty, same_text, refused, weightless, "
        "no_pair: all is tied",
        "dropped": "the prompts' ids by reason, held-out ones too; texts: of some in rankings used",
        "heldout": "rankings, and the figures of training.pair_metrics, of implicit rewards",
        "samples": "texts written for held-out prompts, of which the next four are; else null",
        "kl": "k1 to the start, nats a text",
        "kl_k3": "the same by k3",
        "length": "tokens a text",
        "eos_rate": "share that ended by itself",
        "template_hash": "of the model's chat template",
    }
    model: str
    beta: float = 0.1
    label_smoothing: float = 0.0  # the chance that a label is wrong
    tier_offset: float = 0.0  # by how much rewards should differ for each tier between two texts
    length_normalised: bool = False  # log-ratios a token; then beta is a few units, not a tenth
    epochs: int = 1
    learning_rate: float = 1e-6
    warmup: float = 0.1  # share of the steps over which the rate rises
    batch_size: int = 64  # rankings
    max_tokens: int = 2048
    max_new_tokens: int = 128  # of samples
    temperature: float = 1.0  # of samples and of all log-probabilities
    frozen_layers: int = 0
    lora_rank: int = 0  # of matrices that learn beside the weights; 0: these learn themselves
    precision: str = "auto"  # of products: "bf16", "fp32", or what is faster here
    micro_batch_tokens: int = 2048  # at a time, or one ranking
    checkpoint_every: int = 20
    sample_every: int = 20

    def __post_init__(self) -> None:
        """ValueError for settings that no training can be made of."""
        if not self.beta > 0 or not 0 <= self.label_smoothing < 0.5:
            raise ValueError("beta must be above 0, label_smoothing from 0 to below 0.5")
