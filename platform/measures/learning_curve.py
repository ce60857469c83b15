"""What more labels would bring: held-out accuracy over the number of labels, carried on a little.

accuracy(n) = a - b n^-c, with b >= 0 and a <= 1: the inverse power law that learning curves of
classifiers follow (Cortes et al. 1993; Hestness et al. 2017, 1712.00409). Fitted by least squares,
c from a grid; intervals by a bootstrap of residuals (Efron 1979), which knows how much seeds differ
and how ill three numbers are told by few points, but not that the law may be another one. So it is
never asked beyond twice the labels that there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from measures.bootstrap import RESAMPLES, Floats
from measures.intervals import Estimate

POWERS = np.geomspace(0.05, 2, 60)  # of which c is chosen
SHARES, POINTS = 3, 6  # the fewest, for three numbers and what is left over
FARTHEST = 2  # times the labels that there are


@dataclass(frozen=True, kw_only=True)
class Curve:
    """labels: what there is. limit, drop, power: a, b, c; of each resample as well, in `others`."""

    labels: int
    points: int
    limit: float
    drop: float
    power: float
    others: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """labels: the number that it is about, perhaps fewer than were asked. `n` counts points.

    gain: accuracy then less accuracy now, both by the curve. Its interval is the one that counts:
    what the held-out prompts are too easy or too hard by is in both.
    """

    labels: int
    accuracy: Estimate
    gain: Estimate


def learn(
    points: Sequence[tuple[int, float]], *, resamples: int = RESAMPLES, seed: int = 0
) -> Curve | None:
    """Fit points (labels, held-out accuracy): several seeds of each of several nested shares.

    None for fewer than 3 shares or 6 points. ValueError for accuracies outside 0 to 1 or no labels.
    """
    labels = np.array([n for n, _ in points], dtype=float)
    accuracy = np.array([value for _, value in points], dtype=float)
    if len(points) and not (labels.min() >= 1 and 0 <= accuracy.min() <= accuracy.max() <= 1):
        raise ValueError("a point is a number of labels, 1 at the least, and a share")
    if len(set(labels)) < SHARES or len(points) < POINTS:
        return None
    best = _fit(labels, accuracy[None])[0]
    fitted = _curve(best[None], labels)[0]
    left = (accuracy - fitted) * np.sqrt(len(points) / (len(points) - 3))
    drawn = np.random.default_rng(seed).integers(len(points), size=(resamples, len(points)))
    others = _fit(labels, fitted + (left - left.mean())[drawn])
    return Curve(
        labels=int(labels.max()),
        points=len(points),
        limit=float(best[0]),
        drop=float(best[1]),
        power=float(best[2]),
        others=tuple((float(a), float(b), float(c)) for a, b, c in others),
    )


def outlook(curve: Curve, *, more: int) -> Outlook:
    """What `more` labels would bring, or as many as are there already if that is fewer."""
    labels = min(curve.labels + max(0, more), FARTHEST * curve.labels)
    ends = np.array([labels, curve.labels], dtype=float)
    every = _curve(np.array([(curve.limit, curve.drop, curve.power), *curve.others]), ends)
    return Outlook(
        labels=labels,
        accuracy=_estimate(every[:, 0], curve.points),
        gain=_estimate(every[:, 0] - every[:, 1], curve.points),
    )


def _curve(found: Floats, labels: Floats) -> Floats:
    """(B, len(labels)) of a, b and c (B, 3)."""
    return np.asarray(found[:, :1] - found[:, 1:2] * labels ** -found[:, 2:3])


def _fit(labels: Floats, accuracy: Floats) -> Floats:
    """a, b and c (B, 3) of accuracies (B, points): a and b of each c in closed form.

    Where the best a and b are out of bounds, the best on the bound takes their place.
    """
    found, losses = [], []
    mean = accuracy.mean(axis=1)
    for power in POWERS:
        fallen = labels**-power
        centred = fallen - fallen.mean()
        drop = -(accuracy @ centred) / (centred @ centred)
        limit = mean + drop * fallen.mean()
        rising = drop < 0
        drop, limit = np.where(rising, 0, drop), np.where(rising, mean, limit)
        beyond = limit > 1
        drop = np.where(beyond, ((1 - accuracy) @ fallen) / (fallen @ fallen), drop)
        limit = np.minimum(limit, 1)
        fitted = limit[:, None] - drop[:, None] * fallen
        losses.append(((accuracy - fitted) ** 2).sum(axis=1))
        found.append(np.stack([limit, drop, np.full(len(limit), power)], axis=1))
    best = np.argmin(losses, axis=0)
    return np.asarray(np.array(found)[best, np.arange(len(accuracy))])


def _estimate(figures: Floats, n: int) -> Estimate:
    """Of the figure of the curve, first, and those of the resamples."""
    low, high = np.quantile(figures[1:], [0.025, 0.975])
    return Estimate(value=float(figures[0]), low=float(low), high=float(high), n=n)
