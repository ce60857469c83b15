"""How a project's tasks stand, by kind and language, with whom they are, and when they will end.

Three statements, each of which reads an index: as quick among a million tasks as among few.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min
from django.utils import timezone

from labeling.models import Annotation, Project, Task
from labeling.queue.counting import counts_of
from labeling.queue.holding import Holder, held_in

WINDOW = timedelta(days=7)  # of which the pace is taken
FEWEST = 10  # answers in that time, or nothing is said of the end
FARTHEST = 3650  # days


@dataclass(frozen=True, kw_only=True)
class Row:
    """The tasks of one kind in one language; missing: answers that nobody has begun."""

    kind: str
    language: str
    open: int
    leased: int
    done: int
    withdrawn: int
    missing: int


@dataclass(frozen=True, kw_only=True)
class Person:
    """What one person holds, since when the oldest of it, and how much they answered lately."""

    pk: int
    name: str
    holds: int
    since: datetime | None
    answers: int


@dataclass(frozen=True, kw_only=True)
class Queue:
    """The queue as it is now. pace: answers a day; None where there are too few to tell."""

    rows: Sequence[Row]
    people: Sequence[Person]
    recent: int  # answers within WINDOW
    pace: float | None
    missing: int  # answers, those that people are writing included

    @property
    def total(self) -> Row:
        """All rows in one."""
        names = ("open", "leased", "done", "withdrawn", "missing")
        sums = {name: sum(getattr(row, name) for row in self.rows) for name in names}
        return Row(kind="", language="", **sums)

    @property
    def days(self) -> int | None:
        """How many days what is missing takes at this pace; None where that cannot be said."""
        if not self.pace or not self.missing:
            return None
        days = math.ceil(self.missing / self.pace)
        return days if days <= FARTHEST else None

    @property
    def end(self) -> datetime | None:
        """The day of the last answer at this pace."""
        return None if self.days is None else timezone.now() + timedelta(days=self.days)


def queue_of(project: Project, *, round_number: int | None = None) -> Queue:
    """The queue of `project`, or of one round of it; the pace is always the project's."""
    holders, held = held_in(project, round_number)
    rows = _rows(project, round_number, held)
    recent = _recent(project)
    answers = sum(person["answers"] for person in recent)
    missing = sum(row.missing for row in rows) + sum(one.holds for one in holders)
    return Queue(
        rows=rows,
        people=_people(recent, holders),
        recent=answers,
        pace=_pace(recent, answers),
        missing=missing,
    )


def _rows(
    project: Project, round_number: int | None, held: Mapping[tuple[str, str], int]
) -> list[Row]:
    found: dict[tuple[str, str], Counter[str]] = {}
    for kind, language, state, number, free in counts_of(project, round_number):
        row = found.setdefault((kind, language), Counter())
        row[state] += number
        row["missing"] += free if state == Task.State.OPEN else 0
    return [
        Row(
            kind=kind,
            language=language,
            leased=held.get((kind, language), 0),
            **{name: row[name] for name in ("open", "done", "withdrawn", "missing")},
        )
        for (kind, language), row in sorted(found.items())
    ]


def _recent(project: Project) -> list[Any]:
    """For each person the answers of the last days that count, and the first of them."""
    since = timezone.now() - WINDOW
    answers = Annotation.objects.filter(project=project, created_at__gte=since, standing="counts")
    people = answers.order_by().values("annotator", "annotator__name")
    return list(people.annotate(answers=Count("pk"), first=Min("created_at")))


def _people(recent: list[Any], holders: Sequence[Holder]) -> list[Person]:
    names = {row["annotator"]: row["annotator__name"] for row in recent}
    names |= {one.pk: one.name for one in holders}
    answers = {row["annotator"]: row["answers"] for row in recent}
    begun = {one.pk: one for one in holders}
    return [
        Person(
            pk=pk,
            name=name,
            holds=begun[pk].holds if pk in begun else 0,
            since=begun[pk].since if pk in begun else None,
            answers=answers.get(pk, 0),
        )
        for pk, name in sorted(names.items(), key=lambda item: item[1])
    ]


def _pace(recent: list[Any], answers: int) -> float | None:
    """Answers a day since the first of the window, over a day at least."""
    if answers < FEWEST:
        return None
    first: datetime = min(row["first"] for row in recent)
    return answers / max((timezone.now() - first) / timedelta(days=1), 1.0)
