"""What computations and pages agree on; loads no NumPy."""

import hashlib
from collections.abc import Iterable

ENOUGH = 30  # tasks that several people answered: below it a figure says nothing
ENOUGH_GOLD = 10  # gold tasks: these tell who is good and who guesses (docs/benchmarks.md)
PAIRS_SHOWN = 200  # pairs of people, those with the most common tasks first
LATEST = 2000  # of a person's answers are looked at one by one
NEWEST = 5000  # answers of a kind that tell the habits of all people together
WEEKS = 12  # of a person's trend
# How fast a page was read, as times the usual: where the bars of the distribution begin. Their
# names are in views.people.
SPEEDS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)


def digest(keys: Iterable[int]) -> str:
    """Which answers figures are made of: their bodies never change, so neither do the figures."""
    return hashlib.sha256(repr(sorted(keys)).encode()).hexdigest()
