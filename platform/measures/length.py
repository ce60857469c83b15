"""Whether longer texts are preferred for being longer."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from measures.bootstrap import Floats, clustered
from measures.intervals import Estimate, Z


@dataclass(frozen=True, kw_only=True)
class LengthPreference:
    """odds: those of the longer one where it is twice as long; 1 says that length does not matter.

    slope and its standard error are those of the difference of natural logarithms. `odds.n` counts
    clusters.
    """

    slope: float
    error: float
    odds: Estimate
    pairs: int


def length_preference(
    first: Sequence[float],
    second: Sequence[float],
    preferred: Sequence[float],
    clusters: Sequence[Hashable],
) -> LengthPreference | None:
    """Logistic regression of the preference on the difference of log length, errors clustered.

    P(first preferred) = sigma(slope * (log first - log second)): no constant, so which text is
    called the first does not matter; the place on the page has a test of its own. first, second:
    lengths, more than 0; preferred: 1 the first, 0 the second, 1/2 neither; clusters: prompts, as
    pairs of one are not independent (Liang and Zeger 1986's sandwich, times G / (G - 1)).

    None where the slope has no value: one cluster only, no differences of length, or all
    preferences that there are agree, which no finite slope is enough for.
    """
    x = np.log(np.asarray(first, dtype=float)) - np.log(np.asarray(second, dtype=float))
    y = np.asarray(preferred, dtype=float)
    x, y = np.where(x < 0, -x, x), np.where(x < 0, 1 - y, y)  # the longer one first
    groups = len(set(clusters))
    if groups < 2 or not (x * y).any() or not (x * (1 - y)).any():
        return None
    slope = _root(x, y)
    chance = _sigma(slope * x)
    bread = float((chance * (1 - chance) * x**2).sum())
    scores = clustered(clusters, (x * (y - chance))[:, None])
    error = float(np.sqrt((scores**2).sum() * groups / (groups - 1))) / bread
    low, value, high = (_doubled(slope + shift * Z * error) for shift in (-1, 0, 1))
    return LengthPreference(
        slope=slope,
        error=error,
        odds=Estimate(value=value, low=low, high=high, n=groups),
        pairs=len(x),
    )


def _root(x: Floats, y: Floats) -> float:
    """Where the score, which falls with the slope, is 0: bisected to the last digits."""
    bound = 1.0
    while _score(bound, x, y) > 0 or _score(-bound, x, y) < 0:
        bound *= 2
    low, high = -bound, bound
    while high - low > 1e-12 * bound:
        middle = (low + high) / 2
        low, high = (middle, high) if _score(middle, x, y) > 0 else (low, middle)
    return (low + high) / 2


def _doubled(slope: float) -> float:
    """The odds where one is twice as long; a slope that few answers tell can be any number."""
    return float(np.exp2(np.clip(slope, -1000, 1000)))


def _score(slope: float, x: Floats, y: Floats) -> float:
    return float((x * (y - _sigma(slope * x))).sum())


def _sigma(x: Floats) -> Floats:
    return 0.5 * (1 + np.tanh(x / 2))
