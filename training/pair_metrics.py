"""How well a reward model predicts rankings that it has not seen."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from training.losses import strict_pairs
from training.rankings import Ranking

BINS = 10
SIMILAR_LENGTH = 0.1  # lengths that differ by less are called similar


@dataclass(frozen=True)
class JudgedPair:
    """A strict pair of a ranking, and by how much the model scores the better one higher, raw."""

    margin: float
    annotator: str
    length: str
    tiers_apart: int


def judged_pairs(
    rankings: Sequence[Ranking], rewards: Sequence[Sequence[float]]
) -> list[JudgedPair]:
    """rewards: raw scores of each ranking's completions."""
    pairs = []
    for ranking, scores in zip(rankings, rewards, strict=True):
        tier = {place: rank for rank, places in enumerate(ranking.tiers) for place in places}
        for better, worse in strict_pairs(ranking.tiers):
            lengths = len(ranking.completions[better]), len(ranking.completions[worse])
            pairs.append(
                JudgedPair(
                    margin=scores[better] - scores[worse],
                    annotator=str(ranking.annotator),
                    length=length_class(*lengths),
                    tiers_apart=tier[worse] - tier[better],
                )
            )
    return pairs


def length_class(better: int, worse: int) -> str:
    if abs(better - worse) <= SIMILAR_LENGTH * max(better, worse):
        return "similar"
    return "better_longer" if better > worse else "better_shorter"


def pair_metrics(pairs: Sequence[JudgedPair]) -> dict[str, Any]:
    """Accuracy (a tie is half right), log-loss in nats, ECE; accuracy by annotator, length, tiers.

    Null where there is no pair.
    """
    if not pairs:
        return {"pairs": 0, "accuracy": None, "log_loss": None, "ece": None}
    margins = torch.tensor([pair.margin for pair in pairs], dtype=torch.float64)
    return {
        "pairs": len(pairs),
        "accuracy": accuracy(margins),
        "log_loss": float(F.softplus(-margins).mean()),
        "ece": calibration_error(margins),
        "by_annotator": by(pairs, "annotator"),
        "by_length": by(pairs, "length"),
        "by_tiers_apart": by(pairs, "tiers_apart"),
    }


def accuracy(margins: Tensor) -> float:
    return float(((margins > 0).double() + 0.5 * (margins == 0).double()).mean())


def calibration_error(margins: Tensor) -> float:
    """Expected calibration error over equal bins of confidence in [0.5, 1]."""
    confidence = margins.abs().sigmoid()
    right = (margins > 0).double() + 0.5 * (margins == 0).double()
    bin_of = ((confidence - 0.5) * 2 * BINS).long().clamp(max=BINS - 1)
    gaps = torch.zeros(BINS, dtype=torch.float64).index_add(0, bin_of, right - confidence)
    return float(gaps.abs().sum() / len(margins))


def by(pairs: Sequence[JudgedPair], attribute: str) -> dict[str, dict[str, float]]:
    groups: dict[str, list[float]] = defaultdict(list)
    for pair in pairs:
        groups[str(getattr(pair, attribute))].append(pair.margin)
    return {
        name: {"accuracy": accuracy(torch.tensor(margins)), "pairs": len(margins)}
        for name, margins in sorted(groups.items())
    }
