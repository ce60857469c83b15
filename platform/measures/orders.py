"""How far two rankings of the same completions are apart, and what chance would have made of it.

A ranking is tiers of ids, best first, those in one tier tied; the unacceptable are one more tier,
the last. Texts that are the same have one place by rule, which is no agreement: give each once.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations

Places = Mapping[int, int]  # the tier of each completion, 0 the best


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """The pairs of completions, by how two rankings order them."""

    alike: int
    opposite: int
    tied_by_one: int  # and not by the other
    tied_by_other: int
    tied_by_both: int

    @property
    def count(self) -> int:
        """All of them."""
        strict = self.alike + self.opposite
        return strict + self.tied_by_one + self.tied_by_other + self.tied_by_both


@dataclass(frozen=True, kw_only=True)
class Sums:
    """A task's part in a figure over tasks: disagreement as it is and as chance would have it."""

    observed: float
    expected: float


def places(tiers: Iterable[Iterable[int]], unacceptable: Iterable[int] = ()) -> dict[int, int]:
    """The tier of each completion. ValueError where one has two."""
    found: dict[int, int] = {}
    for number, tier in enumerate([*tiers, unacceptable]):
        for item in tier:
            if item in found:
                raise ValueError(f"completion {item} has two places")
            found[item] = number
    return found


def pairs(one: Places, other: Places) -> Pairs:
    """Count them. ValueError unless both rank the same completions, two at the least."""
    if one.keys() != other.keys() or len(one) < 2:
        raise ValueError("both must rank the same completions, two at the least")
    alike = opposite = by_one = by_other = by_both = 0
    for a, b in combinations(one, 2):
        first, second = one[a] - one[b], other[a] - other[b]
        if not first and not second:
            by_both += 1
        elif not first:
            by_one += 1
        elif not second:
            by_other += 1
        elif (first > 0) == (second > 0):
            alike += 1
        else:
            opposite += 1
    return Pairs(
        alike=alike,
        opposite=opposite,
        tied_by_one=by_one,
        tied_by_other=by_other,
        tied_by_both=by_both,
    )


def distance(one: Places, other: Places) -> float:
    """Kendall's distance with penalty 1/2 for a tie of one only, a share of the pairs: in [0, 1].

    Fagin, Kumar, Mahdian, Sivakumar and Vee 2006, "Comparing partial rankings", K^(p) at p = 1/2:
    a metric. `1 - distance` is the pairwise agreement that papers report.
    """
    found = pairs(one, other)
    return (found.opposite + (found.tied_by_one + found.tied_by_other) / 2) / found.count


def expected_distance(one: Places, other: Places) -> float:
    """The mean of `distance` over all relabelings of one's completions, tie patterns kept.

    A pair that both tie costs 0, any other 1/2 on average: a strict pair falls either way equally
    often. A pair of one falls on each pair of the other equally often, so with the shares t of tied
    pairs it is (1 - t_one t_other) / 2; 1/2 where either is strict.
    """
    found = pairs(one, other)
    one_ties = found.tied_by_one + found.tied_by_both
    other_ties = found.tied_by_other + found.tied_by_both
    return (1 - one_ties * other_ties / found.count**2) / 2


def task_sums(rankings: Sequence[Places]) -> Sums:
    """Of all pairs of a task's m rankings, each weighing 2 / (m - 1), so each ranking the same.

    Krippendorff's weights, but with the expected part within the task: A of one task is not A of
    another. ValueError for fewer than two rankings.
    """
    if len(rankings) < 2:
        raise ValueError("agreement needs two rankings")
    weight = 2 / (len(rankings) - 1)
    both = list(combinations(rankings, 2))
    return Sums(
        observed=weight * sum(distance(one, other) for one, other in both),
        expected=weight * sum(expected_distance(one, other) for one, other in both),
    )


def beyond_chance(tasks: Iterable[Sums]) -> float | None:
    """1 - observed / expected over the sums of all tasks: 1 perfect, 0 chance, at least -1.

    The ratio of the sums, not the mean of ratios. For strict rankings of one task by two people it
    is Kendall's tau. None where nothing could differ: all is tied.
    """
    every = list(tasks)
    expected = math.fsum(task.expected for task in every)
    return 1 - math.fsum(task.observed for task in every) / expected if expected else None


def tau_b(one: Places, other: Places) -> float | None:
    """Kendall 1945's tau-b, in [-1, 1]; None where either ties all."""
    found = pairs(one, other)
    strict = found.alike + found.opposite
    norm = (strict + found.tied_by_other) * (strict + found.tied_by_one)
    return (found.alike - found.opposite) / math.sqrt(norm) if norm else None


def top_overlap(one: Sequence[Iterable[int]], other: Sequence[Iterable[int]]) -> float:
    """Jaccard's overlap of the best tiers, without the unacceptable; 1 where both have none."""
    first: AbstractSet[int] = set(one[0]) if one else set()
    second: AbstractSet[int] = set(other[0]) if other else set()
    return len(first & second) / len(first | second) if first | second else 1.0


def unacceptable_agreement(one: Iterable[int], other: Iterable[int], *, of: int) -> float:
    """The share of a task's `of` completions that both call unacceptable or both do not.

    Beyond chance it is measures.alpha's nominal figure, each completion a unit.
    """
    if of < 1:
        raise ValueError("a task has completions")
    return 1 - len(set(one) ^ set(other)) / of
