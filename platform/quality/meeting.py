"""What people's answers have in common with others', of some people at a time."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.utils import timezone

from quality.agreement import Seen, figures, places
from quality.known import WEEKS
from quality.sums import Sums
from quality.tables import Block, Ints, blocks

WEEK = 7 * 24 * 3600  # seconds


@dataclass
class Met:
    """Of one person. weeks: of a week (its Monday) and a kind, agreement and of how many pairs."""

    agreement: list[dict[str, Any]] = field(default_factory=list)
    weeks: dict[tuple[datetime, str], dict[str, Any]] = field(default_factory=dict)


def since() -> datetime:
    """The Monday with which the first of a person's weeks begins."""
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=today.weekday(), weeks=WEEKS)


def with_others(
    project_id: int, people: list[int], seen: dict[str, Seen], *, first: datetime
) -> dict[int, Met]:
    """Each person's; each pair of answers weighs the same. first: the first of the weeks."""
    persons = np.array(sorted(people), dtype=np.int64)
    of_kind = {name: Sums(one.kind, len(persons), is_weighed=False) for name, one in seen.items()}
    weeks = {name: _Weeks(len(persons), first) for name in seen}
    for block in blocks(project_id):
        name = block.kind.name
        sides = [
            places(block.key(side), persons, np.arange(len(persons))) for side in ("one", "other")
        ]
        of_kind[name].add(block, seen[name].clusters.of(block), *sides)
        for side, numbers in zip(("one", "other"), sides, strict=True):
            weeks[name].add(block, numbers, block.key(f"{side}_at"))
    found = {int(person): Met() for person in persons}
    for name, sums in of_kind.items():
        for number, person in enumerate(persons.tolist()):
            tasks, parts = sums.of(number)
            if tasks:
                row = figures(seen[name].kind, tasks, parts, by="person", value=str(person))
                found[person].agreement.append(row)
            for week, row in weeks[name].of(number):
                found[person].weeks[week, name] = row
    return found


class _Weeks:
    """The first figure of a kind by person and week."""

    def __init__(self, people: int, first: datetime) -> None:
        self._first, self._number = first, WEEKS + 1
        self._sums = np.zeros((3, people * self._number))  # part, whole, pairs

    def add(self, block: Block, people: Ints, at: Ints) -> None:
        _figure, columns = next(block.columns())
        part, whole = columns.T[:2]
        week = (at - int(self._first.timestamp())) // WEEK
        kept = (people >= 0) & (week >= 0) & (week < self._number) & (whole > 0)
        cells = people[kept] * self._number + week[kept]
        for number, values in enumerate((part[kept], whole[kept], np.ones(kept.sum()))):
            self._sums[number] += np.bincount(cells, values, minlength=self._sums.shape[1])

    def of(self, person: int) -> list[tuple[datetime, dict[str, Any]]]:
        own = self._sums[:, person * self._number : (person + 1) * self._number].T.tolist()
        return [
            (self._first + timedelta(weeks=week), {"agreement": part / whole, "pairs": int(pairs)})
            for week, (part, whole, pairs) in enumerate(own)
            if pairs
        ]
