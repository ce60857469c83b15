"""How reliable each annotator is, and the likely order of each pair, from answers that overlap.

Crowd-BT (measures.crowd): a reliability near 1 follows the order of the texts, 1/2 is chance, near
0 inverts it. Answers that nobody else gave to the same task say nothing of who gave them: with
overlap 1 only tasks with a known answer do. No raw label is changed or hidden by any of it.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np

from measures import crowd
from measures.intervals import Estimate, Z
from measures.orders import Places

PRIOR = (4.0, 1.0)  # of the reliability: Beta, mean 0.8, as sure as five pairs


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A ranking of a prompt's completions, ties allowed; a comparison is one of two."""

    rater: Hashable
    prompt: Hashable
    places: Places


@dataclass(frozen=True, kw_only=True)
class Competence:
    """raters: the reliability of each; `n` counts answers to tasks that others answered too, None
    where there are none. preferences: of each prompt, by pair (i, j), the chance that i is better.

    Of raters as the model has them, some 87 % of the 95 % intervals hold the true reliability.
    """

    raters: Mapping[Hashable, Estimate | None]
    preferences: Mapping[Hashable, Mapping[tuple[int, int], float]]


def competence(
    answers: Sequence[Answer],
    *,
    known: Mapping[Hashable, float] | None = None,
    prior: tuple[float, float] = PRIOR,
) -> Competence:
    """Fit all at once. known: reliabilities that are given, as 0.99 for the answers of gold tasks.

    A ranking is taken as its strict pairs, which weigh less the more there are: they do not tell as
    much as pairs that were judged one by one. A pair that is tied tells nothing here.
    """
    raters = list(dict.fromkeys(answer.rater for answer in answers))
    items: dict[Hashable, dict[int, int]] = defaultdict(dict)
    who: dict[Hashable, set[Hashable]] = defaultdict(set)
    for answer in answers:
        of_prompt = items[answer.prompt]
        for item in answer.places:
            of_prompt.setdefault(item, len(of_prompt))
        who[answer.prompt].add(answer.rater)
    pairs = _pairs(answers, raters, items, who, known or {})
    found = crowd.fit(pairs, prior)
    shared = dict.fromkeys(raters, 0)
    for answer in answers:
        shared[answer.rater] += len(who[answer.prompt]) > 1
    return Competence(
        raters={
            rater: _estimate(value, deviation, shared[rater])
            for rater, value, deviation in zip(raters, found.eta, found.deviation, strict=True)
        },
        preferences=_preferences(items, found),
    )


def _pairs(
    answers: Iterable[Answer],
    raters: Sequence[Hashable],
    items: Mapping[Hashable, Mapping[int, int]],
    who: Mapping[Hashable, set[Hashable]],
    known: Mapping[Hashable, float],
) -> crowd.Pairs:
    numbers = {rater: number for number, rater in enumerate(raters)}
    prompts = {prompt: number for number, prompt in enumerate(items)}
    rows = [
        (
            numbers[answer.rater],
            prompts[answer.prompt],
            items[answer.prompt][better],
            items[answer.prompt][worse],
            _weight(len(answer.places)),
            len(who[answer.prompt]) > 1,
        )
        for answer in answers
        for better, worse in permutations(answer.places, 2)
        if answer.places[better] < answer.places[worse]
    ]
    table = np.array(rows, dtype=float).reshape(-1, 6)
    rater, prompt, better, worse = table[:, :4].T.astype(np.intp)
    return crowd.Pairs(
        rater=rater,
        prompt=prompt,
        better=better,
        worse=worse,
        weights=table[:, 4],
        telling=table[:, 4] * table[:, 5],
        fixed=np.array([known.get(rater, np.nan) for rater in raters], dtype=float),
        prompts=len(items),
        width=max(map(len, items.values()), default=1),
    )


def _weight(completions: int) -> float:
    """Of a pair in a ranking of K: so that all together tell what the ranking tells.

    Of equal texts a ranking tells (K - H_K) / K of each utility (the information of Plackett and
    Luce's model; H_K = 1 + 1/2 + ... + 1/K), K (K - 1) / 2 lone pairs (K - 1) / 4.
    """
    harmonic = sum(1 / number for number in range(1, completions + 1))
    return 4 * (completions - harmonic) / (completions * (completions - 1))


def _estimate(eta: float, deviation: float, shared: int) -> Estimate | None:
    """With the interval of the logit, so that it stays within 0 and 1."""
    if not shared:
        return None
    logit = np.log(eta / (1 - eta))
    low, high = crowd.sigma(logit + np.array([-Z, Z]) * deviation)
    return Estimate(value=float(eta), low=float(low), high=float(high), n=shared)


def _preferences(
    items: Mapping[Hashable, Mapping[int, int]], found: crowd.Fit
) -> dict[Hashable, dict[tuple[int, int], float]]:
    """sigma(d / sqrt(1 + pi v / 8)), the mean of sigma over d's posterior N(d, v) (MacKay 1992)."""
    variance = np.diagonal(found.covariance, axis1=1, axis2=2)
    spread = variance[:, :, None] + variance[:, None, :] - 2 * found.covariance
    differences = found.utilities[:, :, None] - found.utilities[:, None, :]
    chance = crowd.sigma(differences / np.sqrt(1 + np.pi * spread / 8))
    return {
        prompt: {
            (one, other): float(chance[number, of_prompt[one], of_prompt[other]])
            for one, other in combinations(of_prompt, 2)
        }
        for number, (prompt, of_prompt) in enumerate(items.items())
    }
