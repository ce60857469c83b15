"""Reads: rounds, their runs, and the labels that a training stage may use."""

from typing import TYPE_CHECKING, Self

from django.db import models

from jobs.models import Job
from labeling.kinds import kinds
from labeling.models import Project, Split
from labeling.queries import AnnotationQuerySet
from registry.models import ModelVersion

if TYPE_CHECKING:
    from rounds.models import Round, Run  # noqa: F401

ALL = models.Q()
EDITED = "edited"


class RoundQuerySet(models.QuerySet["Round"]):
    """Rounds."""

    def newest_first(self) -> Self:
        """With what a list shows of each."""
        return self.select_related("writer", "opened_by").order_by("-number")


class RunQuerySet(models.QuerySet["Run"]):
    """Runs."""

    def with_parts(self) -> Self:
        """With everything that a list or the run page reads of a run."""
        return self.select_related(
            "job__model_version",
            "round__project",
            "snapshot",
            "corpus",
            "source",
            "reward_model",
            "second_reward_model",
        ).order_by("pk")

    def active(self) -> Self:
        """Not ended."""
        return self.exclude(job__state__in=Job.ENDED)

    def in_chains(self) -> Self:
        """Launched by people: each works on a snapshot of the labels."""
        return self.filter(snapshot__isnull=False)

    def writing(self) -> Self:
        """Those that write a round's completions: there is no snapshot before them."""
        return self.of_rounds().filter(snapshot__isnull=True)

    def of_rounds(self) -> Self:
        """All but those of a ballot, which outlive the round in which it was opened."""
        return self.filter(ballot__isnull=True)

    def succeeded(self) -> Self:
        """Ended well."""
        return self.filter(job__state=Job.State.SUCCEEDED)


def usable_annotations(project: Project) -> AnnotationQuerySet:
    """The labels that count: no surplus, and simulated ones never together with people's."""
    return project.annotations.counted().filter(is_simulated=project.is_simulated)


def given_annotations(project: Project) -> AnnotationQuerySet:
    """What each annotator said, also where a reviewer's decision counts instead."""
    return project.annotations.given().filter(is_simulated=project.is_simulated)


def wrong_sort(project: Project) -> int:
    """How many labels are left out since they are simulated among people's, or the reverse."""
    return project.annotations.exclude(is_simulated=project.is_simulated).count()


def label_counts(project: Project, within: models.Q = ALL) -> dict[str, dict[str, int]]:
    """{"train": {"ranking": 40, …}, "heldout": {…}} over the usable labels, zeros included."""
    counts = {split: dict.fromkeys(kinds(), 0) for split in Split.values}
    rows = (
        usable_annotations(project)
        .filter(within)
        .order_by()
        .values_list("task__prompt__split", "kind")
        .annotate(n=models.Count("pk"))
    )
    for split, kind, number in rows:
        counts[split][kind] = number
    return counts


def teaching_counts(
    project: Project, within: models.Q = ALL
) -> dict[str, dict[str, dict[str, tuple[int, int]]]]:
    """Table -> split -> kind -> (labels that teach what is in the table, their comparisons).

    EDITED stands beside the tables: those demonstrations that are a model's completions, edited.
    """
    tables = {table for kind in kinds().values() for table in kind.tables} | {EDITED}
    counts: dict[str, dict[str, dict[str, tuple[int, int]]]] = {
        table: {split: {} for split in Split.values} for table in sorted(tables)
    }
    for kind in kinds().values():
        labels = usable_annotations(project).filter(within, kind=kind.name)
        edited = kind.edited(labels).annotate(pairs=models.Value(0))
        for table, found in (*kind.teaching(labels).items(), (EDITED, edited)):
            rows = found.order_by().values_list("task__prompt__split")
            for split, n, pairs in rows.annotate(models.Count("pk"), models.Sum("pairs")):
                counts[table][split][kind.name] = n, pairs
    return counts


def newest_version(project: Project, kind: ModelVersion.Kind) -> ModelVersion | None:
    """The newest model of that kind that the project has made."""
    return ModelVersion.objects.filter(family=project.family, kind=kind).order_by("-number").first()
