"""Which two versions to compare next, so that votes decide soonest.

After Chiang et al. 2024, "Chatbot Arena" (2403.04132, section 5), which asks where a vote narrows
an interval the most; here that of one wanted difference, by the information of Davidson's model.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from measures import davidson
from measures.bradley_terry import Table


@dataclass(frozen=True, kw_only=True)
class Question:
    """The pair to ask about; the standard error of the wanted difference before, after a vote."""

    one: int
    other: int
    error: float
    expected_error: float


def next_pair(
    found: Table, *, better: int, than: int, among: Sequence[tuple[int, int]] | None = None
) -> Question:
    """The pair of which one more vote shrinks the variance of s_better - s_than the most.

    By the information that a vote is expected to bring at the fitted strengths. among: the pairs
    that can be asked; all of them if left out. ValueError where there are none.
    """
    versions = len(found.standings)
    pairs = list(combinations(range(versions), 2) if among is None else among)
    if not pairs:
        raise ValueError("no pair can be asked")
    parameters, known = np.array(found.parameters)[None], np.array(found.information)
    wanted = davidson.design(np.array([[better, than]]), versions, found.base)[0]
    designs = davidson.design(np.array(pairs), versions, found.base)
    brought = np.concatenate(
        [davidson.information(parameters, row[None], np.ones((1, 1))) for row in designs]
    )
    variances = np.einsum("i,pij,j->p", wanted, np.linalg.inv(known + brought), wanted)
    best = int(variances.argmin())
    return Question(
        one=pairs[best][0],
        other=pairs[best][1],
        error=float(np.sqrt(wanted @ np.linalg.inv(known) @ wanted)),
        expected_error=float(np.sqrt(variances[best])),
    )
