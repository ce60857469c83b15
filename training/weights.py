"""How much each ranking counts in the loss, when not all count alike."""

from collections.abc import Sequence
from dataclasses import replace
from math import fsum
from statistics import fmean

from training.rankings import Ranking


def balanced(rankings: Sequence[Ranking]) -> list[Ranking]:
    """With weights of mean 1: a learning rate means the same, however much all are weighed."""
    mean = fmean(ranking.weight for ranking in rankings)
    return [replace(ranking, weight=ranking.weight / mean) for ranking in rankings]


def effective(rankings: Sequence[Ranking]) -> float:
    """How many equally weighed ones are as much: (sum of w)^2 / sum of w^2 (Kish 1965)."""
    weights = [ranking.weight for ranking in rankings]
    return fsum(weights) ** 2 / fsum(weight**2 for weight in weights)
