"""What goes when a project is deleted, counted before; and what others still need."""

from dataclasses import dataclass
from pathlib import Path

from django.db.models import QuerySet

from jobs.models import Job
from labeling.models import Completion, Project
from registry.models import ModelVersion
from rounds.models import Round, Run


@dataclass(frozen=True, kw_only=True)
class Loss:
    """kept: the models of the project that other projects use, which stay."""

    prompts: int
    answers: int
    snapshots: int
    models: int
    bytes: int
    kept: list[ModelVersion]


def loss_of(project: Project) -> Loss:
    """What deleting `project` would take away."""
    versions = list(ModelVersion.objects.filter(family=project.family_id).order_by("pk"))
    kept = used_elsewhere(project)
    going = [version for version in versions if version.pk not in kept]
    snapshots = list(project.snapshots.all())
    manifests = [version.manifest for version in going] + [s.manifest for s in snapshots]
    manifests += project.corpora.values_list("manifest", flat=True)
    manifests += project.frozen_exports.values_list("manifest", flat=True)
    folders = [job.folder for job in jobs_of(project)]
    return Loss(
        prompts=project.prompts.count(),
        answers=project.annotations.count(),
        snapshots=len(snapshots),
        models=len(going),
        bytes=sum(map(_stated, manifests)) + sum(map(_size, folders)),
        kept=[version for version in versions if version.pk in kept],
    )


def jobs_of(project: Project) -> QuerySet[Job]:
    """The jobs of its runs."""
    return Job.objects.filter(run__round__project=project)


def used_elsewhere(project: Project) -> set[int]:
    """Its models that other projects write, train or judge with, and what those descend from."""
    own = ModelVersion.objects.filter(family=project.family_id)
    rounds = Round.objects.exclude(project=project)
    runs = Run.objects.exclude(round__project=project)
    found: set[int | None] = set(rounds.filter(writer__in=own).values_list("writer", flat=True))
    found |= set(runs.filter(source__in=own).values_list("source", flat=True))
    found |= set(runs.filter(reward_model__in=own).values_list("reward_model", flat=True))
    seconds = runs.filter(second_reward_model__in=own)
    found |= set(seconds.values_list("second_reward_model", flat=True))
    texts = Completion.objects.exclude(prompt__project=project).filter(model_version__in=own)
    found |= set(texts.values_list("model_version", flat=True))
    children = ModelVersion.objects.exclude(family=project.family_id).filter(parent__in=own)
    found |= set(children.values_list("parent", flat=True))
    parents = dict(own.values_list("pk", "parent"))
    kept = {pk for pk in found if pk is not None}
    for pk in list(kept):
        above = parents.get(pk)
        while above in parents:
            kept.add(above)
            above = parents[above]
    return kept


def _stated(manifest: dict[str, dict[str, int]]) -> int:
    return sum(int(file.get("size", 0)) for file in manifest.values())


def _size(folder: Path) -> int:
    """Of the files in it; one that goes meanwhile counts for nothing."""
    total = 0
    for path in folder.rglob("*") if folder.is_dir() else []:
        try:
            total += path.lstat().st_size if path.is_file() else 0
        except FileNotFoundError:
            continue
    return total
