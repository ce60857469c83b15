"""Krippendorff's alpha: agreement beyond chance where values mean the same in every unit.

Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability": alpha = 1 - D_o / D_e, from the
coincidences of values within units. Missing values are left out of their unit; a unit with one
value left says nothing. For rankings, whose values mean nothing beyond their task: measures.orders.
"""

from collections.abc import Hashable, Sequence
from typing import Literal

import numpy as np

from measures import bootstrap
from measures.bootstrap import Floats
from measures.intervals import Estimate

Level = Literal["nominal", "ordinal", "interval"]
Units = Sequence[Sequence[float]]  # the values that one unit was given, by whomever


def alpha(units: Units, *, level: Level) -> float | None:
    """1 perfect, 0 chance, less than 0 worse; None where nothing varies or no unit has two values.

    For forms with up to some dozens of distinct values, whose numbers say their order.
    """
    values, coincidences = _coincidences(units)
    if not len(coincidences):
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        found = _alpha(coincidences.sum(axis=0, keepdims=True), values, level)
    return float(found[0]) if np.isfinite(found[0]) else None


def with_interval(
    units: Units,
    *,
    level: Level,
    clusters: Sequence[Hashable] | None = None,
    resamples: int = bootstrap.RESAMPLES,
    seed: int = 0,
) -> Estimate | None:
    """Alpha with its interval; None as for `alpha`. clusters: what each unit belongs to.

    Without `clusters`, units are independent. `n` counts clusters with a unit of two values.
    """
    values, coincidences = _coincidences(units)
    if not len(coincidences):
        return None
    if clusters is not None:
        kept = [key for key, unit in zip(clusters, units, strict=True) if len(unit) > 1]
        coincidences = bootstrap.clustered(kept, coincidences)
    return bootstrap.interval(
        coincidences, lambda sums: _alpha(sums, values, level), resamples=resamples, seed=seed
    )


def ordinal(sums: Floats) -> Floats:
    """Ordinal alpha of sums of coincidences (B, V * V) of values 0 to V - 1."""
    return _alpha(sums, np.arange(np.sqrt(sums.shape[1]), dtype=float), "ordinal")


def _coincidences(units: Units) -> tuple[Floats, Floats]:
    """The V distinct values in order, and how often two meet in each unit, (units, V * V).

    Pairs of a unit of m values weigh 1 / (m - 1), so that each value counts once. Takes 8 V * V
    bytes a unit.
    """
    pairable = [unit for unit in units if len(unit) > 1]
    flat = np.array([value for unit in pairable for value in unit], dtype=float)
    values, numbers = np.unique(flat, return_inverse=True)
    counts = np.zeros((len(pairable), len(values)))
    np.add.at(counts, (np.repeat(np.arange(len(pairable)), list(map(len, pairable))), numbers), 1)
    pairs = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(len(values))
    weighed = pairs / (counts.sum(axis=1) - 1)[:, None, None]
    return values, weighed.reshape(len(pairable), len(values) ** 2)


def _alpha(sums: Floats, values: Floats, level: Level) -> Floats:
    """Alpha of each row of coincidences (B, V * V)."""
    found = sums.reshape(-1, len(values), len(values))
    margins = found.sum(axis=2)
    total = margins.sum(axis=1)
    if level == "nominal":
        squared = np.broadcast_to(1 - np.eye(len(values)), found.shape)
    else:  # the ordinal metric is that of intervals between mid-ranks
        ranks = np.cumsum(margins, axis=1) - margins / 2
        scale = ranks if level == "ordinal" else np.broadcast_to(values, margins.shape)
        squared = (scale[:, :, None] - scale[:, None, :]) ** 2
    observed = (found * squared).sum(axis=(1, 2)) / total
    chance = margins[:, :, None] * margins[:, None, :]
    expected = (chance * squared).sum(axis=(1, 2)) / (total * (total - 1))
    return np.asarray(1 - observed / expected)
