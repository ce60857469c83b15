"""How near people come to gold answers and to their own: figures with how many they stand on."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Avg, Count, QuerySet

from accounts.models import User
from labeling.kinds import kinds
from labeling.kinds.base import AnnotationKind
from labeling.models import CheckScore, Gold, Project, Purpose
from measures import intervals

Rows = QuerySet[CheckScore, CheckScore]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """Agreement in percent with its 95 % interval, from n answers.

    Wilson's interval is that of a yes or no: for values between, it is rather too wide.
    """

    percent: int
    low: int
    high: int
    n: int


@dataclass(kw_only=True)
class Row:
    """What one person's checks of one kind came to."""

    person: User
    kind: AnnotationKind
    gold: Figure | None = None
    own: Figure | None = None


def counted(project: Project) -> Rows:
    """The scores that figures are made of: those of retired gold tasks are left out."""
    # With a join PostgreSQL expects few rows, and sorts hundreds of thousands.
    retired = Gold.objects.filter(project=project).exclude(retired_at=None)
    return CheckScore.objects.filter(project=project).exclude(gold__in=retired.values("pk"))


def of_project(project: Project) -> list[Row]:
    """Of all people, by name."""
    return _rows(counted(project))


def of_person(project: Project, person: User) -> list[Row]:
    """Of one of them."""
    return _rows(counted(project).filter(annotator=person))


def figure(mean: float, n: int) -> Figure:
    """The mean of `n` agreements, for people."""
    found = intervals.wilson(mean, n)
    percent = [round(100 * value) for value in (found.value, found.low, found.high)]
    return Figure(percent=percent[0], low=percent[1], high=percent[2], n=n)


def _rows(scores: Rows) -> list[Row]:
    groups = scores.order_by().values_list("annotator", "kind", "purpose")
    found = list(groups.annotate(Avg("agreement"), Count("pk")))
    people = _people(row[0] for row in found)
    rows: dict[tuple[int, str], Row] = {}
    for person, kind, purpose, mean, n in found:
        row = rows.setdefault((person, kind), Row(person=people[person], kind=kinds()[kind]))
        if purpose == Purpose.GOLD:
            row.gold = figure(mean, n)
        else:
            row.own = figure(mean, n)
    return sorted(rows.values(), key=lambda row: (row.person.name, row.person.pk, row.kind.name))


def _people(keys: Iterable[int]) -> dict[int, User]:
    return User.objects.in_bulk(set(keys))
