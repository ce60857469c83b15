"""A judge that is a model, held against people: consistency, accuracy and kappa on the same pairs.

Verdicts are 1 (the first is better), 0 (the second is) and 1/2 (a tie), about pairs in one order.
"""

from collections import Counter
from collections.abc import Sequence

from measures.intervals import Estimate, wilson


def of_both_orders(forward: float, backward: float) -> float:
    """The verdict of a judge asked twice, the texts swapped: what it says both times, else a tie.

    Zheng et al. 2023 (2306.05685, section 3.4). backward: its verdict on the second as the first.
    """
    return forward if forward == 1 - backward else 0.5


def consistency(forward: Sequence[float], backward: Sequence[float]) -> Estimate | None:
    """The share of pairs on which both orders have one verdict; None of none. Pairs independent."""
    pairs = list(zip(forward, backward, strict=True))
    if not pairs:
        return None
    return wilson(sum(one == 1 - other for one, other in pairs) / len(pairs), len(pairs))


def accuracy(judged: Sequence[float], people: Sequence[float]) -> Estimate | None:
    """How often the judge has people's verdict, of the pairs on which people had a preference.

    A tie of the judge is half right. None where people had none.
    """
    told = [
        0.5 if own == 0.5 else float(own == theirs)
        for own, theirs in zip(judged, people, strict=True)
        if theirs != 0.5
    ]
    return wilson(sum(told) / len(told), len(told)) if told else None


def kappa(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Cohen 1960: (p_o - p_e) / (1 - p_e), agreement beyond what the shares of verdicts explain.

    1 perfect, 0 chance. None of no pairs, or where both always say the same one thing.
    """
    n = len(one)
    same = sum(a == b for a, b in zip(one, other, strict=True))
    first, second = Counter(one), Counter(other)
    by_chance = sum(first[verdict] * second[verdict] for verdict in first)  # of n squared
    return (same * n - by_chance) / (n * n - by_chance) if n * n != by_chance else None
