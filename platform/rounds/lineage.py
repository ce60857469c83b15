"""Where models come from: what made each, what each trained on, and the tree of a project's."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from labeling.models import Annotation, Project
from registry.models import ModelVersion
from registry.queries import ModelVersionQuerySet
from rounds.models import Round, Run

if TYPE_CHECKING:
    from jobs.models import Job

DEEPEST = 4  # deeper ones are not indented further


@dataclass(frozen=True, kw_only=True)
class Branch:
    """One version in the tree, `depth` steps from its root, DEEPEST at most."""

    version: ModelVersion
    depth: int


def tree(project: Project) -> list[Branch]:
    """The project's versions and the base models that they start from, children after parents."""
    found = {
        version.pk: version
        for version in ModelVersion.objects.filter(family=project.family).select_related("parent")
    }
    bases = ModelVersion.objects.filter(rounds__project=project).distinct()
    found |= {version.pk: version for version in bases if version.pk not in found}
    children: dict[int | None, list[ModelVersion]] = {}
    for version in sorted(found.values(), key=lambda v: v.pk):
        parent = version.parent_id if version.parent_id in found else None
        children.setdefault(parent, []).append(version)
    branches: list[Branch] = []

    def grow(parent: int | None, depth: int) -> None:
        for version in children.get(parent, []):
            branches.append(Branch(version=version, depth=min(depth, DEEPEST)))
            grow(version.pk, depth + 1)

    grow(None, 0)
    return branches


def ancestors(version: ModelVersion) -> list[ModelVersion]:
    """From its parent up to the base model."""
    found = []
    while version.parent is not None:
        version = version.parent
        found.append(version)
    return found


def run_that_made(version: ModelVersion) -> Run | None:
    """The run whose job made `version`; None for base models."""
    return Run.objects.with_parts().filter(job=version.job_id).first() if version.job_id else None


def models_trained_on(annotation: Annotation) -> ModelVersionQuerySet:
    """Every model that a run made from a snapshot with this label."""
    found = ModelVersion.objects.filter(job__run__snapshot__annotations=annotation)
    return found.select_related("job__run").distinct().order_by("pk")


def rounds_written_by(version: ModelVersion) -> list[Round]:
    """The rounds whose completions it wrote."""
    return list(version.rounds.select_related("project").order_by("pk"))


def base_of(version: ModelVersion) -> ModelVersion:
    """The base model that `version` descends from."""
    while version.kind != ModelVersion.Kind.BASE and version.parent is not None:
        version = version.parent
    return version


def sft_of(version: ModelVersion) -> ModelVersion | None:
    """The nearest SFT model that `version` descends from, or is."""
    line = [version, *ancestors(version)]
    return next((one for one in line if one.kind == ModelVersion.Kind.SFT), None)


def made_in(round_: Round, *kinds: ModelVersion.Kind) -> ModelVersion | None:
    """The newest model of the first of `kinds` of which a run of this round made one."""
    for kind in kinds:
        found = ModelVersion.objects.filter(job__run__round=round_, kind=kind)
        if (version := found.order_by("-number").first()) is not None:
            return version
    return None


def made_before(run: Run, *kinds: ModelVersion.Kind) -> ModelVersion | None:
    """The nearest model, of the first of `kinds` that has one, made earlier in the run's chain."""
    jobs: list[Job] = []
    job: Job | None = run.job.after
    while job is not None:
        jobs.append(job)
        job = job.after
    made = {version.job_id: version for version in ModelVersion.objects.filter(job__in=jobs)}
    for kind in kinds:
        for job in jobs:
            if job.pk in made and made[job.pk].kind == kind:
                return made[job.pk]
    return None
