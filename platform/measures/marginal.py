"""Intervals of reliabilities, from the marginal likelihood of each rater's own pairs on a grid.

Of one pair it is eta m + (1 - eta) (1 - m), where m is the chance that the better one is better by
all that others said of the prompt: utilities are integrated over their posterior without the
rater's own pairs, other raters are held at their estimates. Its logarithm is concave in eta. The
prior has no part: with a mean of 0.8 it would keep out who inverts, however they answer.
"""

from dataclasses import replace

import numpy as np

from measures.bootstrap import Floats
from measures.crowd import NODES, SHARES, Fit, Ints, Pairs, look, sigma

CELLS = 200
GRID: Floats = (np.arange(CELLS) + 0.5) / CELLS
# A value is held where twice the logarithm of the likelihood ratio is at most that: 95 % of
# chi-square, less next to a bound, beyond which no estimate lies (Chernoff 1954 at the bound;
# Feldman and Cousins 1998). By the distance to the bound in standard errors.
DISTANCES, CUTS = (0.0, 0.5, 1.0, 1.5, 1.96), (2.706, 2.75, 3.30, 3.72, 3.841)


def intervals(pairs: Pairs, found: Fit) -> tuple[Floats, Floats]:
    """The ends of the 95 % interval of each rater; from 0 to 1 where nothing tells of them.

    They hold the estimate too, which the prior may have drawn out of them where little is known.
    """
    raters = len(pairs.fixed)
    chance = chances(pairs, found)
    log, information = np.zeros((2, raters, CELLS))
    for cell, eta in enumerate(GRID):
        likely = eta * chance + (1 - eta) * (1 - chance)
        log[:, cell] = pairs.by_rater(pairs.telling * np.log(likely))
        slope = (2 * chance - 1) ** 2 / (likely * (1 - likely))
        information[:, cell] = pairs.by_rater(pairs.telling * slope)
    calm = calmed(pairs, chance, GRID[log.argmax(axis=1)])[:, None]
    log, information = log * calm, information * calm
    distance = np.minimum(GRID, 1 - GRID) * np.sqrt(information)
    held = 2 * (log.max(axis=1, keepdims=True) - log) <= np.interp(distance, DISTANCES, CUTS)
    low = held.argmax(axis=1) / CELLS
    high = 1 - held[:, ::-1].argmax(axis=1) / CELLS
    return np.minimum(low, found.eta), np.maximum(high, found.eta)


def calmed(pairs: Pairs, chance: Floats, eta: Floats) -> Floats:
    """How much of each rater's likelihood counts: less where their rankings go wrong as a whole.

    Pairs of one ranking are taken as if they were apart, each for less (`Pairs.telling`), which is
    right for rankings at random. Who ranks with care and now and then not at all is wrong in many
    pairs of a few rankings: the squared slopes of whole rankings then add up to more than those of
    pairs, and the likelihood is flattened by the ratio at its highest point, `eta` (composite
    likelihoods: Chandler and Bate 2007; Pauli, Racugno and Ventura 2011). Of lone pairs it is 1.
    """
    likely = eta[pairs.rater] * chance + (1 - eta[pairs.rater]) * (1 - chance)
    slope = (2 * chance - 1) / likely
    raters = len(eta)
    meetings, numbers = np.unique(pairs.prompt * raters + pairs.rater, return_inverse=True)
    whole = np.bincount(numbers, pairs.telling * slope)
    together = np.bincount(meetings % raters, whole**2, minlength=raters)
    apart = pairs.by_rater(pairs.telling * slope**2)
    return np.asarray(apart / np.maximum(together, np.maximum(apart, 1e-12)))


def chances(pairs: Pairs, found: Fit) -> Floats:
    """Of each pair, that the better one is better by what others said: `told`, or by utilities.

    Each pair is a normal factor of its prompt's posterior (measures.crowd), so a rater's are taken
    out of it by subtraction, as in expectation propagation (Minka 2001).
    """
    at = look(pairs, found.eta, found.utilities, found.covariance)
    bend = pairs.weights * np.maximum(at.bend, 0)
    pull = pairs.weights * at.slope + bend * pairs.differences(found.utilities)
    own = _by_meeting(pairs)
    prompt = np.zeros(own.prompts, dtype=np.intp)
    prompt[own.prompt] = pairs.prompt
    precision = pairs.curvature(bend)[prompt] - own.curvature(bend) + np.eye(pairs.width)
    pulled = pairs.gradient(pull)[prompt] - own.gradient(pull)
    covariance = np.asarray(np.linalg.inv(precision), dtype=float)
    mean = own.differences((covariance @ pulled[..., None])[..., 0])
    deviation = np.sqrt(own.variances(covariance))
    by_others = sigma(mean[:, None] + deviation[:, None] * NODES) @ SHARES
    return np.where(np.isnan(pairs.told), by_others, pairs.told)


def _by_meeting(pairs: Pairs) -> Pairs:
    """The pairs as if each rater had prompts of their own."""
    raters = len(pairs.fixed)
    numbers: Ints
    meetings, numbers = np.unique(pairs.prompt * raters + pairs.rater, return_inverse=True)
    return replace(pairs, prompt=numbers, prompts=len(meetings))
