"""How reliable each annotator is, and the likely order of each pair, from answers that overlap.

Crowd-BT (measures.crowd): a reliability near 1 follows the order of the texts, 1/2 is chance, near
0 inverts it. Answers that nobody else gave to the same task say nothing of who gave them: with
overlap 1 only tasks with a known answer do. No raw label is changed or hidden by any of it.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np

from measures import crowd, marginal
from measures.intervals import Estimate
from measures.orders import Places

PRIOR = (4.0, 1.0)  # of the reliability: Beta, mean 0.8, as sure as five pairs
# How often who is always right orders two texts as gold does: people chose it, and slip too.
SURE = 0.95


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A ranking of a prompt's completions, ties allowed; a comparison is one of two."""

    rater: Hashable
    prompt: Hashable
    places: Places


@dataclass(frozen=True, kw_only=True)
class Competence:
    """raters: the reliability of each; `n` counts answers to tasks that others answered too or that
    have a gold answer, None where there are none. gold: how many of these have one. preferences:
    of each prompt, by pair (i, j), the chance that i is better by all answers.
    """

    raters: Mapping[Hashable, Estimate | None]
    gold: Mapping[Hashable, int]
    preferences: Mapping[Hashable, Mapping[tuple[int, int], float]]


def competence(
    answers: Sequence[Answer],
    *,
    known: Mapping[Hashable, float] | None = None,
    gold: Mapping[Hashable, Places] | None = None,
    prior: tuple[float, float] = PRIOR,
) -> Competence:
    """Fit all at once. known: reliabilities that are given. gold: the right answers of prompts.

    A ranking is taken as its strict pairs, which weigh less the more there are: they do not tell as
    much as pairs that were judged one by one. A pair that is tied tells nothing here, nor does one
    that gold ties. Where there is gold, it alone tells of raters; its author's own answer must not
    be among the answers.
    """
    raters = list(dict.fromkeys(answer.rater for answer in answers))
    items: dict[Hashable, dict[int, int]] = defaultdict(dict)
    who: dict[Hashable, set[Hashable]] = defaultdict(set)
    for answer in answers:
        of_prompt = items[answer.prompt]
        for item in answer.places:
            of_prompt.setdefault(item, len(of_prompt))
        who[answer.prompt].add(answer.rater)
    right = {prompt: places for prompt, places in (gold or {}).items() if _orders(places)}
    pairs = _pairs(answers, raters, items, who, known or {}, right)
    found = crowd.fit(pairs, prior)
    shared = Counter(a.rater for a in answers if a.prompt in right or len(who[a.prompt]) > 1)
    ends = zip(found.eta, *marginal.intervals(pairs, found), strict=True)
    estimates = {
        rater: Estimate(value=float(eta), low=float(low), high=float(high), n=shared[rater])
        for rater, (eta, low, high) in zip(raters, ends, strict=True)
    }
    return Competence(
        raters={rater: each if each.n else None for rater, each in estimates.items()},
        gold=Counter(answer.rater for answer in answers if answer.prompt in right),
        preferences=_preferences(items, found),
    )


def _orders(places: Places) -> bool:
    return len(set(places.values())) > 1


def _pairs(
    answers: Iterable[Answer],
    raters: Sequence[Hashable],
    items: Mapping[Hashable, Mapping[int, int]],
    who: Mapping[Hashable, set[Hashable]],
    known: Mapping[Hashable, float],
    gold: Mapping[Hashable, Places],
) -> crowd.Pairs:
    numbers = {rater: number for number, rater in enumerate(raters)}
    prompts = {prompt: number for number, prompt in enumerate(items)}
    rows = [
        (
            numbers[answer.rater],
            prompts[answer.prompt],
            items[answer.prompt][better],
            items[answer.prompt][worse],
            *told,
        )
        for answer in answers
        for better, worse in permutations(answer.places, 2)
        if answer.places[better] < answer.places[worse]
        for told in _told(answer, better, worse, gold.get(answer.prompt), who[answer.prompt])
    ]
    table = np.array(rows, dtype=float).reshape(-1, 7)
    rater, prompt, better, worse = table[:, :4].T.astype(np.intp)
    return crowd.Pairs(
        rater=rater,
        prompt=prompt,
        better=better,
        worse=worse,
        weights=table[:, 4],
        telling=table[:, 5],
        told=table[:, 6],
        fixed=np.array([known.get(rater, np.nan) for rater in raters], dtype=float),
        prompts=len(items),
        width=max(map(len, items.values()), default=1),
    )


def _told(
    answer: Answer, better: int, worse: int, gold: Places | None, who: set[Hashable]
) -> Iterator[tuple[float, float, float]]:
    """What a pair weighs for utilities and for its rater, and the chance that it is right.

    One that gold orders is there twice: for the utilities, and for the rater.
    """
    completions = len(answer.places)
    of_rater = 3 / (completions + 1)
    yield _weight(completions), 0 if gold or len(who) == 1 else of_rater, np.nan
    if gold and better in gold and worse in gold and gold[better] != gold[worse]:
        yield 0, of_rater, SURE if gold[better] < gold[worse] else 1 - SURE


def _weight(completions: int) -> float:
    """Of a pair in a ranking of K for the utilities: all together tell what the ranking tells.

    Of equal texts a ranking tells (K - H_K) / K of each utility (the information of Plackett and
    Luce's model; H_K = 1 + 1/2 + ... + 1/K), K (K - 1) / 2 lone pairs (K - 1) / 4. For a rater it
    is 3 / (K + 1): of a ranking at random the sum of signs of all pairs, each times the difference
    of utilities, varies (K + 1) / 3 times as much as that of lone pairs.
    """
    harmonic = sum(1 / number for number in range(1, completions + 1))
    return 4 * (completions - harmonic) / (completions * (completions - 1))


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
