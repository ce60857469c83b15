"""Intervals of figures that are functions of sums, by resampling the clusters that were summed.

A cluster is the widest unit that shares text, mostly a prompt: answers to it are not independent.
Efron 1979, percentile interval. Same sums, same seed, same interval.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from measures.intervals import Estimate

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]  # sums (resamples, k) -> figures (resamples,)
RESAMPLES = 2000
AT_ONCE = 1_000_000  # clusters drawn, in memory


def clustered(keys: Iterable[Hashable], rows: Iterable[Sequence[float]]) -> Floats:
    """The sum of the rows of each cluster, (clusters, k), in the order of their first row."""
    found: dict[Hashable, list[Sequence[float]]] = defaultdict(list)
    for key, row in zip(keys, rows, strict=True):
        found[key].append(row)
    return np.array([np.sum(same, axis=0) for same in found.values()], dtype=float)


def resampled(sums: Floats, *, resamples: int = RESAMPLES, seed: int = 0) -> Floats:
    """Sums (resamples, k), each of as many clusters drawn with replacement from (clusters, k)."""
    clusters = len(sums)
    rng = np.random.default_rng(seed)
    rows = max(1, AT_ONCE // max(1, clusters))
    found = [np.zeros((0, sums.shape[1]))]
    for start in range(0, resamples, rows):
        some = min(rows, resamples - start)
        drawn = rng.integers(clusters, size=(some, clusters))
        drawn += np.arange(some)[:, None] * clusters  # so that one count serves all rows
        counts = np.bincount(drawn.ravel(), minlength=drawn.size).reshape(drawn.shape)
        # Not @, whose threads get in each other's way where the cores are busy with something else.
        found.append(np.einsum("rc,ck->rk", counts.astype(float), sums))
    return np.concatenate(found)


def interval(
    sums: Floats, statistic: Statistic, *, resamples: int = RESAMPLES, seed: int = 0
) -> Estimate | None:
    """The figure of all clusters, `sums` (clusters, k), with its 95 % interval.

    None where it is not defined (no clusters, or not a number). Resamples without one are left out.
    """
    if not len(sums):
        return None
    return estimate(sums, resampled(sums, resamples=resamples, seed=seed), statistic)


def estimate(sums: Floats, drawn: Floats, statistic: Statistic) -> Estimate | None:
    """As `interval`, of resamples that are drawn already and serve several figures."""
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(statistic(sums.sum(axis=0, keepdims=True))[0])
        every = statistic(drawn)
    every = every[np.isfinite(every)]
    if not np.isfinite(value) or not len(every):
        return None
    low, high = np.quantile(every, [0.025, 0.975])
    return Estimate(value=value, low=float(low), high=float(high), n=len(sums))


def ratio(sums: Floats) -> Floats:
    """A ratio of sums: columns are numerator and denominator."""
    return np.asarray(sums[:, 0] / sums[:, 1])


def beyond_chance(sums: Floats) -> Floats:
    """Agreement beyond chance, of columns observed and expected (measures.orders.task_sums)."""
    return 1 - ratio(sums)


def nominal(sums: Floats) -> Floats:
    """Krippendorff's alpha of a yes or no, of columns both yes, one of them, both no.

    Of pairs of values of one unit, each weighing 2 / (m - 1) where m people gave one: the
    coincidences of measures.alpha.
    """
    both, one, none = sums.T
    total = both + one + none
    yes, no = both + one / 2, none + one / 2
    return np.asarray(1 - one * (total - 1) / (2 * yes * no))
