"""A table over versions from votes on pairs of them.

Chiang et al. 2024, "Chatbot Arena" (2403.04132), with Davidson's ties (measures.davidson). The unit
is the prompt: its votes on a pair are averaged, and intervals come from a bootstrap over prompts.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from measures import davidson
from measures.bootstrap import RESAMPLES, Floats, resampled
from measures.intervals import Estimate
from measures.orders import Places

Bools = NDArray[np.bool_]
OUTCOMES = (1, 0, 0.5)  # a win, a loss, a tie


@dataclass(frozen=True, kw_only=True)
class Vote:
    """outcome: 1 where `one` won, 0 where `other` did, 1/2 a tie. Both are indices of versions."""

    prompt: Hashable
    one: int
    other: int
    outcome: float


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A version against the base: the difference of log strength, and the share of wins.

    A tie is half a win; `n` of both counts the prompts of the version. None where no votes link it
    to the base, and for the base itself.
    """

    strength: Estimate | None
    wins: Estimate | None


@dataclass(frozen=True, kw_only=True)
class Table:
    """covariance: of the strengths (V, V), by bootstrap; the base's are 0.

    parameters and their information (V, V), the prior's included, are for measures.asking:
    strengths without the base's, and log nu.
    """

    base: int
    standings: tuple[Standing, ...]
    tie: float  # nu
    covariance: tuple[tuple[float, ...], ...]
    parameters: tuple[float, ...]
    information: tuple[tuple[float, ...], ...]


def votes_of(prompt: Hashable, places: Places, versions: Mapping[int, int]) -> list[Vote]:
    """The votes in one ranking that mixes versions: of each pair of their completions.

    versions: the index of each completion's, of those that count. Pairs of one version are no vote.
    """
    return [
        Vote(
            prompt=prompt,
            one=versions[one],
            other=versions[other],
            outcome=0.5 if places[one] == places[other] else float(places[one] < places[other]),
        )
        for one, other in combinations(places, 2)
        if one in versions and other in versions and versions[one] != versions[other]
    ]


def table(
    votes: Iterable[Vote],
    *,
    versions: int,
    base: int,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Table | None:
    """Fit all versions at once; None without votes. ValueError for an odd vote."""
    pairs = list(combinations(range(versions), 2))
    counts = _counts(votes, pairs)
    if not len(counts):
        return None
    designs = davidson.design(np.array(pairs), versions, base)
    drawn = resampled(counts.reshape(len(counts), -1), resamples=resamples, seed=seed)
    every = np.concatenate([counts.sum(axis=0)[None], drawn.reshape(resamples, -1, 3)])
    fitted = davidson.fit(every, designs)
    strengths = np.insert(fitted[:, :-1], base, 0, axis=1)  # (1 + resamples, versions)
    chance = davidson.chances(strengths, fitted[:, -1:])
    wins = chance[..., 0] + chance[..., 2] / 2
    members = np.array([[v in pair for v in range(versions)] for pair in pairs])
    asked = (counts.sum(axis=2) @ members > 0).sum(axis=0)  # prompts of each version
    linked = _linked(members[every[0].any(axis=1)], base)
    known = davidson.information(fitted[:1], designs, every[:1].sum(axis=2))[0]
    return Table(
        base=base,
        standings=tuple(
            Standing(
                strength=_estimate(strengths[:, v], int(asked[v])),
                wins=_estimate(wins[:, v], int(asked[v])),
            )
            if linked[v] and v != base
            else Standing(strength=None, wins=None)
            for v in range(versions)
        ),
        tie=float(np.exp(fitted[0, -1])),
        covariance=_plain(np.cov(strengths[1:], rowvar=False)),
        parameters=tuple(map(float, fitted[0])),
        information=_plain(known + davidson.PRECISION * np.eye(versions)),
    )


def _counts(votes: Iterable[Vote], pairs: Sequence[tuple[int, int]]) -> Floats:
    """(prompts, pairs, 3) of wins, losses and ties: 1 a prompt and pair in all."""
    numbers = {pair: number for number, pair in enumerate(pairs)}
    found: dict[Hashable, Floats] = defaultdict(lambda: np.zeros((len(pairs), 3)))
    for vote in votes:
        turned = vote.one > vote.other
        pair = (vote.other, vote.one) if turned else (vote.one, vote.other)
        if pair not in numbers or vote.outcome not in OUTCOMES:
            raise ValueError(f"no vote on two of the versions: {vote}")
        column = OUTCOMES.index(1 - vote.outcome if turned else vote.outcome)
        found[vote.prompt][numbers[pair], column] += 1
    counts = np.array(list(found.values()))
    return counts / np.maximum(1, counts.sum(axis=2, keepdims=True)) if found else counts


def _linked(members: Bools, base: int) -> Bools:
    """Which versions a chain of pairs joins to the base. members: (pairs, versions)."""
    found: Bools = np.arange(members.shape[1]) == base
    for _ in range(len(found)):
        found |= members[(members & found).any(axis=1)].any(axis=0)
    return found


def _estimate(figures: Floats, n: int) -> Estimate:
    """Of the figure of all prompts, first, and those of the resamples."""
    low, high = np.quantile(figures[1:], [0.025, 0.975])
    return Estimate(value=float(figures[0]), low=float(low), high=float(high), n=n)


def _plain(matrix: Floats) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(map(float, row)) for row in np.atleast_2d(matrix))
