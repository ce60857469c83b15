"""Shares with their intervals: how sure a win rate is."""

import math
from dataclasses import dataclass

Z = 1.959964  # of a 95 % interval


@dataclass(frozen=True, kw_only=True)
class Share:
    """A share of `n` comparisons with its 95 % interval."""

    value: float
    low: float
    high: float
    n: int


def wilson(share: float, n: int) -> Share:
    """`share` of `n` with the interval of Wilson (1927), which is right for small n too."""
    centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * math.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    return Share(value=share, low=max(0.0, centre - half), high=min(1.0, centre + half), n=n)
