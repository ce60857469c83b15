"""Wald's sequential test of a win rate: it may be looked at after each prompt and stops when told.

Wald 1945, "Sequential Tests of Statistical Hypotheses". Its unit is the prompt, whose votes (win 1,
tie 1/2, loss 0) are averaged to one outcome x in [0, 1], the exponent of a coin's likelihood
ratio: (p1 / p0)^x ((1 - p1) / (1 - p0))^(1 - x). That is convex in x, so where the mean outcome
is p0 its mean is at most that of the coin, 1. Hence the bounds hold for ties and averages too, and
are only reached later than with coins.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

Decision = Literal["better", "not better", "undecided"]


@dataclass(frozen=True, kw_only=True)
class Design:
    """A win rate of `null` against one of `effect`, the smallest that is worth having.

    false_better: how often, at most, a rate of `null` or less is called better; false_not: how
    often, at most, one of `effect` or more is called not better. By Wald's bounds, which are
    approximate: 4 % is 3.7 % in truth, so that 5 % is kept with room to spare.
    """

    null: float = 0.5
    effect: float = 0.6
    false_better: float = 0.04
    false_not: float = 0.04

    def __post_init__(self) -> None:
        errors = self.false_better, self.false_not
        if not 0 < self.null < self.effect < 1 or not 0 < min(errors) <= max(errors) < 0.5:
            raise ValueError("0 < null < effect < 1, and errors between 0 and 1/2")

    @property
    def upper(self) -> float:
        """The log likelihood ratio from which on it is better: log((1 - beta) / alpha)."""
        return math.log((1 - self.false_not) / self.false_better)

    @property
    def lower(self) -> float:
        """The one from which on it is not better: log(beta / (1 - alpha))."""
        return math.log(self.false_not / (1 - self.false_better))

    def increment(self, outcome: float) -> float:
        """By how much an outcome in [0, 1] raises the log likelihood ratio."""
        if not 0 <= outcome <= 1:
            raise ValueError("an outcome lies between 0 (lost) and 1 (won)")
        won = math.log(self.effect / self.null)
        lost = math.log((1 - self.effect) / (1 - self.null))
        return outcome * won + (1 - outcome) * lost


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """prompts: how many it took; ratio: the log likelihood ratio then."""

    decision: Decision
    prompts: int
    ratio: float


def decide(outcomes: Iterable[float], design: Design) -> Verdict:
    """Take outcomes of prompts in the order they were asked, until it is told.

    What comes after that is not looked at: a decision stands.
    """
    ratio, prompts = 0.0, 0
    for outcome in outcomes:
        ratio += design.increment(outcome)
        prompts += 1
        if ratio >= design.upper:
            return Verdict(decision="better", prompts=prompts, ratio=ratio)
        if ratio <= design.lower:
            return Verdict(decision="not better", prompts=prompts, ratio=ratio)
    return Verdict(decision="undecided", prompts=prompts, ratio=ratio)


def expected_prompts(design: Design, rate: float) -> float:
    """About how many untied prompts it takes where the true win rate is `rate` (Wald, eq. 4:8).

    Without what the last step goes beyond its bound, so a few too small.
    """
    drift = rate * design.increment(1) + (1 - rate) * design.increment(0)
    if abs(drift) < 1e-9:  # his limit where it goes neither up nor down
        steps = rate * design.increment(1) ** 2 + (1 - rate) * design.increment(0) ** 2
        return -design.upper * design.lower / steps
    reached = _chance_of_better(design, rate)
    return (reached * design.upper + (1 - reached) * design.lower) / drift


def _chance_of_better(design: Design, rate: float) -> float:
    """Of ending at the upper bound: (1 - B^h) / (A^h - B^h) with E[ratio^h] = 1, h not 0."""
    won, lost = design.increment(1), design.increment(0)
    drift = rate * won + (1 - rate) * lost

    def moment(h: float) -> float:
        return rate * math.exp(h * won) + (1 - rate) * math.exp(h * lost) - 1

    # It is 0 at h = 0 and once more, on the side where the drift pulls it below first.
    near, far = (-1e-9, -1.0) if drift > 0 else (1e-9, 1.0)
    while moment(far) < 0:
        near, far = far, 2 * far
    while abs(far - near) > 1e-12:
        middle = (near + far) / 2
        near, far = (middle, far) if moment(middle) < 0 else (near, middle)
    upper, lower = math.exp(far * design.upper), math.exp(far * design.lower)
    return (1 - lower) / (upper - lower)


def fixed_prompts(design: Design) -> int:
    """How many untied prompts a test of the same errors needs that is looked at once, at the end.

    The usual normal approximation for one rate: 266 at 0.5 against 0.6 and 5 % of both errors.
    """
    null, effect = design.null, design.effect
    spread = _z(design.false_better) * math.sqrt(null * (1 - null))
    spread += _z(design.false_not) * math.sqrt(effect * (1 - effect))
    return math.ceil((spread / (effect - null)) ** 2)


def _z(error: float) -> float:
    return NormalDist().inv_cdf(1 - error)
