"""Intervals and exact tests of shares and means, where units are independent: how sure they are."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean

Z = 1.959964  # of a 95 % interval


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A figure from `n` units with its 95 % interval."""

    value: float
    low: float
    high: float
    n: int


def wilson(share: float, n: float) -> Estimate:
    """`share` of `n` with the interval of Wilson (1927), which is right for small n too."""
    centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * math.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    return Estimate(value=share, low=low, high=high, n=int(n))


def wilson_of(shares: Sequence[float], *, each: int) -> Estimate:
    """The mean of `shares` of independent units (prompts), each the mean of outcomes from 0 to 1.

    Wilson's interval for as many single outcomes as would be as sure: p (1 - p) over the variance
    of the mean (the effective sample size of Korn and Graubard 1998), no more than `each` a unit,
    which is how many texts were compared there. With one text it is Wilson's for so many units.
    ValueError without shares.
    """
    n = len(shares)
    if not n:
        raise ValueError("an interval needs a share")
    value = fmean(shares)
    free = max(n - 1, 1)
    variance = math.fsum((share - value) ** 2 for share in shares) / free / n
    single = value * (1 - value)
    effective = min(single / variance, each * n) if variance else each * n
    return replace(wilson(value, max(effective, n)), n=n)


def mean(values: Sequence[float]) -> Estimate | None:
    """The mean of independent values with Student's interval (1908); None for fewer than three.

    The quantile is the expansion of Fisher and Cornish (Abramowitz and Stegun 26.7.5): right
    to 1 % from two degrees of freedom on.
    """
    n = len(values)
    if n < 3:
        return None
    free, z = n - 1, Z
    quantile = (
        z
        + (z**3 + z) / (4 * free)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * free**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * free**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92_160 * free**4)
    )
    value = fmean(values)
    half = quantile * math.sqrt(math.fsum((x - value) ** 2 for x in values) / free / n)
    return Estimate(value=value, low=value - half, high=value + half, n=n)


def binomial_p(successes: int, n: int, rate: float) -> float:
    """How likely a count at most as likely as `successes` is, if each of `n` has `rate`.

    The exact two-sided test (R's binom.test). ValueError unless 0 <= successes <= n, 0 < rate < 1.
    """
    if not 0 <= successes <= n or not 0 < rate < 1:
        raise ValueError("a binomial count lies in 0 to n, its rate between 0 and 1")
    odds = math.log(rate), math.log1p(-rate)
    every = math.lgamma(n + 1)
    chances = [
        math.exp(
            every - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * odds[0] + (n - k) * odds[1]
        )
        for k in range(n + 1)
    ]
    limit = chances[successes] * (1 + 1e-7)  # equal ones differ by rounding
    return min(1.0, math.fsum(chance for chance in chances if chance <= limit))
