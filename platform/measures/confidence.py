"""An interval for a mean outcome that may be looked at after each prompt.

Waudby-Smith and Ramdas 2023, "Estimating means of bounded random variables by betting", the hedged
capital process (their theorem 3) with predictable plug-in bets (equation 26). In the tradition of
Howard et al. 2021: with a chance of 95 % the intervals hold the mean at all times at once.
"""

from collections.abc import Sequence

import numpy as np

from measures.bootstrap import Floats
from measures.intervals import Estimate

GRID = 1001  # means that are tried, a thousandth apart
CUT = 0.5  # of the longest bet that cannot lose everything


def sequence(outcomes: Sequence[float], *, error: float = 0.05) -> list[Estimate]:
    """The running mean of outcomes in [0, 1] after each, with its interval so far.

    Each interval lies within the one before. Outcomes are those of prompts, in the order they were
    asked; the bounds are rounded outwards to a thousandth. ValueError for others.
    """
    x = np.asarray(outcomes, dtype=float)
    if x.size and not (x.min() >= 0 and x.max() <= 1):
        raise ValueError("outcomes lie between 0 (lost) and 1 (won)")
    if not x.size:
        return []
    means = np.linspace(0, 1, GRID)
    bets = _bets(x, error)[:, None]
    away = x[:, None] - means
    with np.errstate(divide="ignore"):
        up = np.cumsum(np.log1p(np.minimum(bets, CUT / means) * away), axis=0)
        down = np.cumsum(np.log1p(-np.minimum(bets, CUT / (1 - means)) * away), axis=0)
    refused = np.maximum(up, down) - np.log(2) >= np.log(1 / error)
    held = ~np.logical_or.accumulate(refused, axis=0)
    step = 1 / (GRID - 1)
    centres = np.cumsum(x) / np.arange(1, len(x) + 1)
    found = []
    low, high = 0.0, 1.0
    for number, (row, centre) in enumerate(zip(held, centres, strict=True), 1):
        kept = np.flatnonzero(row)
        if len(kept):  # in 1 of 20 sequences at most, all are refused in the end
            low, high = max(low, means[kept[0]] - step), min(high, means[kept[-1]] + step)
        found.append(Estimate(value=float(centre), low=float(low), high=float(high), n=number))
    return found


def _bets(x: Floats, error: float) -> Floats:
    """What is put on each outcome, by those before it: sqrt(2 log(2 / a) / (s^2 t log(1 + t)))."""
    t = np.arange(1, len(x) + 1)
    mean = (0.5 + np.cumsum(x)) / (t + 1)
    spread = (0.25 + np.cumsum((x - mean) ** 2)) / (t + 1)
    before = np.concatenate([[0.25], spread[:-1]])
    return np.asarray(np.sqrt(2 * np.log(2 / error) / (before * t * np.log1p(t))))
