"""The model of paired comparisons with ties, and its fit to counts.

Davidson 1970, "On extending the Bradley-Terry model to accommodate ties": with strengths s, their
difference d = s_i - s_j and the tie parameter nu, i wins, loses and ties in proportion to
exp(d / 2), exp(-d / 2) and nu. The logarithms of strengths and nu have a normal prior of deviation
10, which leaves figures alone and keeps a version that won every vote finite.
"""

import numpy as np

from measures.bootstrap import Floats

PRECISION = 0.01  # of the prior: 1 / 10**2
STEPS, LONGEST, CLOSE = 100, 2.0, 1e-9  # Newton's steps, how long one may be, when to stop


def chances(differences: Floats, log_tie: Floats) -> Floats:
    """Chances (..., 3) of win, loss and tie. log_tie: log nu, in the shape of differences, or 1."""
    logits = np.stack(
        [differences / 2, -differences / 2, np.broadcast_to(log_tie, differences.shape)], axis=-1
    )
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def design(pairs: Floats, versions: int, base: int) -> Floats:
    """Differences (pairs, versions) of strengths for pairs of indices (pairs, 2), the base's 0.

    The last column is that of log nu, which takes the place of the base's, and is 0 here.
    """
    found = np.zeros((len(pairs), versions))
    rows = np.arange(len(pairs))
    found[rows, pairs[:, 0].astype(int)] += 1
    found[rows, pairs[:, 1].astype(int)] -= 1
    return np.append(np.delete(found, base, axis=1), np.zeros((len(pairs), 1)), axis=1)


def information(parameters: Floats, designs: Floats, votes: Floats) -> Floats:
    """What `votes` (B, pairs) tell of parameters (B, V): (B, V, V), without the prior."""
    win, loss, tie = _chances(parameters, designs)
    of_difference = votes * ((win + loss) / 4 - ((win - loss) / 2) ** 2)
    of_tie = votes * tie * (1 - tie)
    of_both = -votes * tie * (win - loss) / 2
    found = np.einsum("bp,pi,pj->bij", of_difference, designs, designs)
    found[:, -1, -1] = of_tie.sum(axis=1)
    cross = of_both @ designs[:, :-1]
    found[:, :-1, -1] = found[:, -1, :-1] = cross
    return np.asarray(found)


def fit(counts: Floats, designs: Floats) -> Floats:
    """The most likely parameters (B, V), all strengths but the base's and log nu.

    counts: (B, pairs, 3) of wins, losses and ties, which may be fractions. By Newton's method; the
    likelihood has one peak.
    """
    size = designs.shape[1]
    found = np.zeros((len(counts), size))
    votes = counts.sum(axis=2)
    for _ in range(STEPS):
        win, loss, tie = _chances(found, designs)
        of_difference = (counts[..., 0] - counts[..., 1] - votes * (win - loss)) / 2
        slope = of_difference @ designs - PRECISION * found
        slope[:, -1] += (counts[..., 2] - votes * tie).sum(axis=1)
        bend = information(found, designs, votes) + PRECISION * np.eye(size)
        step = np.linalg.solve(bend, slope[..., None])[..., 0]
        longest = np.abs(step).max(axis=1, keepdims=True)
        found += step * np.minimum(1, LONGEST / np.maximum(longest, CLOSE))
        if longest.max(initial=0) < CLOSE:
            break
    return found


def _chances(parameters: Floats, designs: Floats) -> tuple[Floats, Floats, Floats]:
    found = chances(parameters @ designs.T, parameters[:, -1:])
    return found[..., 0], found[..., 1], found[..., 2]
