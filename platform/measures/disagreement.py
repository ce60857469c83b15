"""How much the order of some texts would tell, by two models that were fitted to other labels.

The information that a person's answer to a pair gives about the models: the entropy of the mean
forecast less the mean entropy (Houlsby et al. 2011, 1112.5745, eq. 2; BALD). It is 0 where both
say the same, also where both say one half: that is the pair's own uncertainty, which no label
takes away. At most log 2, where both are certain of the opposite.
"""

import math
from collections.abc import Sequence
from itertools import combinations
from statistics import fmean


def disagreement(one: Sequence[float], other: Sequence[float]) -> float:
    """The mean over all pairs of texts, in nats. one, other: their raw scores by either model."""
    pairs = combinations(zip(one, other, strict=True), 2)
    told = [of_pair(a[0] - b[0], a[1] - b[1]) for a, b in pairs]
    return fmean(told) if told else 0.0


def of_pair(one: float, other: float) -> float:
    """The same of one pair. one, other: by how much either model scores the first text higher."""
    p, q = _sigmoid(one), _sigmoid(other)
    return max(0.0, _entropy((p + q) / 2) - (_entropy(p) + _entropy(q)) / 2)


def _sigmoid(x: float) -> float:
    # tanh overflows nowhere.
    return (1 + math.tanh(x / 2)) / 2


def _entropy(p: float) -> float:
    return -sum(x * math.log(x) for x in (p, 1 - p) if x > 0)
