"""The Crowd-BT model and its fit to arrays of strict pairs.

Chen, Bennett, Collins-Thompson and Horvitz 2013, "Pairwise ranking aggregation in a crowdsourced
setting", eq. 5: rater a prefers i to j with a chance of eta_a sigma(d) + (1 - eta_a) sigma(-d), at
d = s_i - s_j. Utilities s have a prior N(0, 1), eta a Beta(a, b). A prompt has few votes, and the
mode of utilities and eta at once calls everybody reliable: so utilities are integrated over, by the
normal distribution that is nearest to their posterior (Opper and Archambeau 2009; means over d by
Gauss and Hermite's quadrature). eta is the mode of logit(eta).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from measures.bootstrap import Floats

Ints = NDArray[np.intp]
STEPS, CLOSE = 200, 1e-3  # of Newton's, and how little all moves at the end
AT_ONCE = 4096  # pairs, so that what is computed of them stays in the processor's cache
NODES, SHARES = np.polynomial.hermite_e.hermegauss(5)  # of a normal distribution
SHARES = SHARES / SHARES.sum()


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """N strict pairs. better, worse: places of completions within their prompt, less than `width`.

    weights: of each pair for utilities; telling: that of it for its rater. told: the chance that
    the better one is better, where that is known without utilities. fixed: eta of raters where it
    is known. What is not known is not a number.
    """

    rater: Ints
    prompt: Ints
    better: Ints
    worse: Ints
    weights: Floats
    telling: Floats
    told: Floats
    fixed: Floats
    prompts: int
    width: int

    def differences(self, utilities: Floats) -> Floats:
        """Of utilities (prompts, width), for each pair."""
        found = utilities[self.prompt, self.better] - utilities[self.prompt, self.worse]
        return np.asarray(found)

    def variances(self, covariance: Floats) -> Floats:
        """Of differences, by the covariances of utilities (prompts, width, width)."""
        one, other = self.better, self.worse
        own = covariance[self.prompt, one, one] + covariance[self.prompt, other, other]
        return np.asarray(own - 2 * covariance[self.prompt, one, other])

    def by_rater(self, values: Floats) -> Floats:
        """Their sum over the pairs of each rater."""
        return np.bincount(self.rater, values, minlength=len(self.fixed)).astype(float)

    def gradient(self, values: Floats) -> Floats:
        """Of differences: `values` put on the better and taken from the worse (prompts, width)."""
        size, base = self.prompts * self.width, self.prompt * self.width
        found = np.bincount(base + self.better, values, minlength=size)
        found = found - np.bincount(base + self.worse, values, minlength=size)
        return found.astype(float).reshape(self.prompts, self.width)

    def curvature(self, values: Floats) -> Floats:
        """Of differences (prompts, width, width)."""
        found = np.zeros(self.prompts * self.width**2)
        base = self.prompt * self.width**2
        b, w = self.better, self.worse
        for one, other, sign in ((b, b, 1), (w, w, 1), (b, w, -1), (w, b, -1)):
            cells = base + one * self.width + other
            found += sign * np.bincount(cells, values, minlength=len(found))
        return found.reshape(self.prompts, self.width, self.width)


@dataclass(frozen=True, kw_only=True)
class Fit:
    """eta by rater; utilities (prompts, width) and covariances (prompts, width, width)."""

    eta: Floats
    utilities: Floats
    covariance: Floats


def fit(pairs: Pairs, prior: tuple[float, float]) -> Fit:
    """Alternate steps of Newton's: each prompt's normal distribution, then each rater's logit."""
    a, b = prior
    known = ~np.isnan(pairs.fixed)
    eta: Floats = np.where(known, pairs.fixed, a / (a + b))
    utilities = np.zeros((pairs.prompts, pairs.width))
    covariance = np.tile(np.eye(pairs.width), (pairs.prompts, 1, 1))
    for number in range(STEPS):
        at = look(pairs, eta, utilities, covariance)
        bent = pairs.curvature(pairs.weights * np.maximum(at.bend, 0)) + np.eye(pairs.width)
        covariance = np.asarray(np.linalg.inv(bent), dtype=float)
        pull = pairs.gradient(pairs.weights * at.slope) - utilities
        step = (covariance @ pull[..., None])[..., 0]
        utilities = utilities + step
        bend = pairs.by_rater(pairs.telling * at.eta_bend)
        bend = np.maximum(bend, pairs.by_rater(pairs.telling * at.eta_expected))
        turn = pairs.by_rater(pairs.telling * at.eta_slope) + a - (a + b) * eta
        turn = np.clip(turn / (bend + (a + b) * eta * (1 - eta)), -1, 1)
        turn = np.where(known | (number == 0), 0, turn)
        eta = sigma(np.log(eta / (1 - eta)) + turn)
        if number and max(np.abs(turn).max(initial=0), np.abs(step).max(initial=0)) < CLOSE:
            break
    return Fit(eta=eta, utilities=utilities, covariance=covariance)


class Seen(NamedTuple):
    """Of log P(pair), on average over d: slope and bend (minus the second derivative) in d and in
    logit(eta), whose bend is also there as the model expects it.
    """

    slope: Floats
    bend: Floats
    eta_slope: Floats
    eta_bend: Floats
    eta_expected: Floats


def look(pairs: Pairs, eta: Floats, utilities: Floats, covariance: Floats) -> Seen:
    """What each pair says where the fit stands."""
    mean, deviation = pairs.differences(utilities), np.sqrt(pairs.variances(covariance))
    parts = [np.zeros((len(Seen._fields), 0))]
    for start in range(0, len(mean), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        of_rater = eta[pairs.rater[part], None]
        chance = sigma(mean[part, None] + deviation[part, None] * NODES)
        told = pairs.told[part, None]
        chance = np.where(np.isnan(told), chance, told)
        agrees = (1 - of_rater) + (2 * of_rater - 1) * chance
        slope = (2 * of_rater - 1) * chance * (1 - chance) / agrees
        bend = slope**2 - slope * (1 - 2 * chance)
        eta_slope = of_rater * (1 - of_rater) * (2 * chance - 1) / agrees
        eta_bend = eta_slope**2 - eta_slope * (1 - 2 * of_rater)
        expected = eta_slope**2 * agrees / (1 - agrees)
        parts.append(np.stack([slope, bend, eta_slope, eta_bend, expected]) @ SHARES)
    return Seen(*np.concatenate(parts, axis=1))


def sigma(x: Floats) -> Floats:
    """The logistic function."""
    return np.asarray(0.5 * (1 + np.tanh(x / 2)))
