"""Reads: rounds, their runs, and the labels that a training stage may use."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models.fields.json import KT

from jobs.models import Job
from labeling.kinds import kinds
from labeling.models import Annotation, Kind, Project, Split
from registry.models import ModelVersion

if TYPE_CHECKING:
    from rounds.models import Round, Run  # noqa: F401


class RoundQuerySet(models.QuerySet["Round"]):
    """Rounds."""

    def newest_first(self) -> Self:
        """With what a list shows of each."""
        return self.select_related("policy", "opened_by").order_by("-number")


class RunQuerySet(models.QuerySet["Run"]):
    """Runs."""

    def with_parts(self) -> Self:
        """With everything that a list or the run page reads of a run."""
        return self.select_related(
            "job__model_version", "round__project", "snapshot", "policy", "reward_model"
        ).order_by("pk")

    def active(self) -> Self:
        """Not ended."""
        return self.exclude(job__state__in=Job.ENDED)

    def succeeded(self) -> Self:
        """Ended well."""
        return self.filter(job__state=Job.State.SUCCEEDED)


def usable_annotations(project: Project) -> models.QuerySet[Annotation]:
    """The labels that count: no surplus, and simulated ones never together with people's."""
    return Annotation.objects.counted().filter(
        task__project=project, is_simulated=project.is_simulated
    )


def wrong_sort(project: Project) -> int:
    """How many labels are left out since they are simulated among people's, or the reverse."""
    return (
        Annotation.objects.filter(task__project=project)
        .exclude(is_simulated=project.is_simulated)
        .count()
    )


def label_counts(project: Project) -> dict[str, dict[str, int]]:
    """{"train": {"ranking": 40, …}, "heldout": {…}} over the usable labels, zeros included."""
    counts = {split: dict.fromkeys(kinds(), 0) for split in Split.values}
    rows = (
        usable_annotations(project)
        .order_by()
        .values_list("task__prompt__split", "kind")
        .annotate(n=models.Count("pk"))
    )
    for split, kind, number in rows:
        counts[split][kind] = number
    return counts


class StrictPairs(models.Func):
    """How many pairs of texts the body of a ranking puts in different tiers."""

    template = """(
        SELECT ((SUM(size) ^ 2 - SUM(size ^ 2)) / 2)::integer FROM (
            SELECT jsonb_array_length(tier) AS size FROM jsonb_array_elements(
                (%(expressions)s -> 'tiers')
                || jsonb_build_array(%(expressions)s -> 'unacceptable')
            ) AS tier
        ) AS sizes
    )"""
    output_field = models.IntegerField()


def comparison_counts(project: Project) -> dict[str, tuple[int, int]]:
    """Split -> (rankings that order anything, the pairs that they order)."""
    rows = (
        usable_annotations(project)
        .filter(kind=Kind.RANKING)
        .annotate(pairs=StrictPairs("body"))
        .filter(pairs__gt=0)
        .order_by()
        .values_list("task__prompt__split")
        .annotate(models.Count("pk"), models.Sum("pairs"))
    )
    found = {split: (rankings, pairs) for split, rankings, pairs in rows}
    return dict.fromkeys(Split.values, (0, 0)) | found


# What str.strip takes away. PostgreSQL's own idea of a blank is another, and a label counts here
# if and only if labeling.kinds.correction makes a comparison of it.
BLANKS = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)


def stripped(text: models.F | models.Func) -> models.Func:
    """`text` without its outer blanks, in SQL."""
    return models.Func(
        text, models.Value(BLANKS), function="BTRIM", output_field=models.TextField()
    )


def edit_counts(project: Project) -> dict[str, int]:
    """Split -> corrections that changed something: each is a comparison."""
    rows = (
        usable_annotations(project)
        .filter(kind=Kind.CORRECTION)
        .annotate(
            edited=stripped(KT("body__text")),
            original=stripped(models.F("task__completions__text")),
        )
        .exclude(edited=models.F("original"))
        .order_by()
        .values_list("task__prompt__split")
        .annotate(models.Count("pk"))
    )
    return dict.fromkeys(Split.values, 0) | dict(rows)


def newest_version(project: Project, kind: ModelVersion.Kind) -> ModelVersion | None:
    """The newest model of that kind that the project has made."""
    return ModelVersion.objects.filter(family=project.family, kind=kind).order_by("-number").first()
