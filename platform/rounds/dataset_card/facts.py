"""What a dataset card says of a snapshot, read from the database in a few sums."""

from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from django.db.models import Avg, Count, Max, Min, Q, QuerySet, Sum
from django.utils import translation

from core.aggregates import Median
from labeling.kinds import kinds
from labeling.models import Annotation, Completion, Purpose, Split
from quality.models import TaskAgreement
from rounds.models import Snapshot
from rounds.snapshots import TABLES, file_of


@dataclass(frozen=True, kw_only=True)
class OfKind:
    """The labels of one kind; seconds: the median that people worked on one, None of none."""

    name: str
    train: int
    heldout: int
    seconds: float | None


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """How far answers to the same task agree: the mean of a figure over so many tasks."""

    kind: str
    figure: str
    tasks: int
    mean: float


@dataclass(frozen=True, kw_only=True)
class Guided:
    """A version of the guidelines, since when it holds, and the labels given under it."""

    number: int
    since: datetime | None
    labels: int


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All of it. files: table -> name of its file. people: labels of each, the fewest first."""

    project: str
    description: str
    licence: str
    sha256: str
    files: dict[str, str]
    counts: dict[str, dict[str, int]]
    filters: dict[str, str]
    languages: list[str]
    kinds: list[OfKind]
    agreement: list[Agreed]
    guidelines: list[Guided]
    rounds: list[int]
    models: list[str]
    people: list[int]
    hours: float
    imported: int
    decisions: int
    is_simulated: bool
    first: datetime | None
    last: datetime | None

    @property
    def middle(self) -> float:
        """Of the labels of a person."""
        return median(self.people) if self.people else 0


def facts_of(snapshot: Snapshot) -> Facts:
    """Those of a snapshot, and of what is known of its labels by now."""
    labels, project = snapshot.annotations.order_by(), snapshot.project
    given = labels.exclude(purpose=Purpose.IMPORTED)
    sums = labels.aggregate(
        first=Min("created_at"),
        last=Max("created_at"),
        seconds=Sum("active_seconds"),
        imported=Count("pk", filter=Q(purpose=Purpose.IMPORTED)),
        decisions=Count("pk", filter=Q(purpose=Purpose.DECISION)),
    )
    each = given.values("annotator").annotate(n=Count("pk")).values_list("n", flat=True)
    written = Completion.objects.filter(tasks__annotations__snapshots=snapshot)
    return Facts(
        project=project.name,
        description=project.description,
        licence=project.licence,
        sha256=snapshot.sha256,
        files={table: file_of(snapshot, table) for table in TABLES},
        counts=snapshot.counts,
        filters=snapshot.filters,
        languages=_distinct(labels, "language"),
        kinds=_kinds(labels),
        agreement=_agreement(labels),
        guidelines=_guidelines(snapshot, given),
        rounds=_distinct(labels, "round_number"),
        models=_distinct(written, "model_version__name"),
        people=sorted(each),
        hours=(sums["seconds"] or 0) / 3600,
        imported=sums["imported"],
        decisions=sums["decisions"],
        is_simulated=project.is_simulated,
        first=sums["first"],
        last=sums["last"],
    )


def _distinct(rows: "QuerySet[Annotation] | QuerySet[Completion]", field: str) -> list[Any]:
    """The values that there are, without what is empty."""
    found = rows.order_by(field).values_list(field, flat=True).distinct()
    return [value for value in found if value]


def _kinds(labels: QuerySet[Annotation]) -> list[OfKind]:
    by_kind = labels.order_by("kind").values_list("kind")
    rows = by_kind.annotate(
        train=Count("pk", filter=Q(split=Split.TRAIN)),
        heldout=Count("pk", filter=Q(split=Split.HELDOUT)),
        seconds=Median("active_seconds", filter=~Q(purpose=Purpose.IMPORTED)),
    )
    with translation.override("en"):
        return [
            OfKind(name=str(kinds()[name].plural), train=train, heldout=held, seconds=seconds)
            for name, train, held, seconds in rows
        ]


def _agreement(labels: QuerySet[Annotation]) -> list[Agreed]:
    """Of tasks of which the snapshot has an answer, and which several people answered."""
    measured = TaskAgreement.objects.filter(task__in=labels.values("task"), agreement__isnull=False)
    rows = measured.order_by("kind").values_list("kind").annotate(Count("pk"), Avg("agreement"))
    with translation.override("en"):
        return [
            Agreed(
                kind=str(kinds()[name].plural),
                figure=str(kinds()[name].agreement[0].label),
                tasks=tasks,
                mean=mean,
            )
            for name, tasks, mean in rows
        ]


def _guidelines(snapshot: Snapshot, given: QuerySet[Annotation]) -> list[Guided]:
    by_version = given.order_by("guideline_version").values_list("guideline_version")
    since = dict(snapshot.project.guideline_versions.values_list("number", "created_at"))
    return [
        Guided(number=number, since=since.get(number), labels=labels)
        for number, labels in by_version.annotate(Count("pk"))
    ]
