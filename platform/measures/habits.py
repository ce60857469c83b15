"""Habits that stand out: places on the page that are chosen too often, patterns that repeat.

Completions are shown in an order drawn anew for each person and task, so that a habit of places has
nothing to do with texts. Evidence for a person to look at; it decides nothing.
"""

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from measures.intervals import Estimate, binomial_p, wilson

Pattern = tuple[int, ...]  # the tier of each completion, in the order of the page


@dataclass(frozen=True, kw_only=True)
class PlaceRate:
    """How often the completion at `place` (0 the first) of `completions` was the best.

    p: the chance of a count at least as unlikely as this one, if places do not matter. Of K places
    one has a p below 0.05 / K by chance in 1 of 20.
    """

    completions: int
    place: int
    rate: Estimate
    p: float


@dataclass(frozen=True, kw_only=True)
class Repeats:
    """The longest run of one pattern: `length` answers from `start` (0 the first) on.

    chance: at most how likely a run so long is somewhere, where places do not matter.
    """

    pattern: Pattern
    start: int
    length: int
    chance: float


def best_place(pattern: Pattern) -> int | None:
    """Where the best completion was shown; None where several are best."""
    top = min(pattern)
    return pattern.index(top) if pattern.count(top) == 1 else None


def place_rates(patterns: Iterable[Pattern]) -> list[PlaceRate]:
    """For each number of completions, each place against 1 / K: Wilson's interval, exact test.

    Answers whose best tier is shared are left out: they chose no place.
    """
    chosen = Counter(
        (len(pattern), place)
        for pattern in patterns
        if (place := best_place(pattern)) is not None and len(pattern) > 1
    )
    answers: Counter[int] = Counter()
    for (completions, _), count in chosen.items():
        answers[completions] += count
    return [
        PlaceRate(
            completions=completions,
            place=place,
            rate=wilson(chosen[completions, place] / n, n),
            p=binomial_p(chosen[completions, place], n, 1 / completions),
        )
        for completions, n in sorted(answers.items())
        for place in range(completions)
    ]


def arrangements(pattern: Pattern) -> int:
    """In how many ways its tiers fall on the places: K! over the product of the tiers' sizes!."""
    sizes = Counter(pattern).values()
    return math.factorial(len(pattern)) // math.prod(map(math.factorial, sizes))


def longest_run(patterns: Sequence[Pattern]) -> Repeats | None:
    """The first of the longest runs in `patterns`, one person's in the order of time; None of none.

    With A arrangements an answer repeats the one before with a chance of 1 / A, so a run of r that
    begins at one of n - r + 1 answers has one of at most (n - r + 1) / A^(r - 1). All tied: 1.
    """
    best, length = max(runs(patterns), key=lambda run: run[1], default=(0, 0))
    if not length:
        return None
    chance = run_chance(length, of=len(patterns), ways=arrangements(patterns[best]))
    return Repeats(pattern=patterns[best], start=best, length=length, chance=chance)


def runs(values: Sequence[Hashable]) -> Iterator[tuple[int, int]]:
    """Start and length of each run of one value."""
    start = 0
    for now in range(1, len(values) + 1):
        if now == len(values) or values[now] != values[start]:
            yield start, now - start
            start = now


def run_chance(length: int, *, of: int, ways: int) -> float:
    """At most how likely a run so long is among `of` answers that fall out in `ways` ways."""
    log_chance = math.log(of - length + 1) - (length - 1) * math.log(ways)
    return math.exp(min(0.0, log_chance))
