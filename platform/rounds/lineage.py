"""Where models come from: the tree of a project's versions, and what trained each."""

from dataclasses import dataclass

from labeling.models import Annotation, Project
from registry.models import ModelVersion
from rounds.models import Round, Run

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


def models_trained_on(annotation: Annotation) -> list[ModelVersion]:
    """Every model that a run made from a snapshot with this label."""
    return list(
        ModelVersion.objects.filter(job__run__snapshot__annotations=annotation)
        .select_related("job__run")
        .distinct()
        .order_by("pk")
    )


def rounds_written_by(version: ModelVersion) -> list[Round]:
    """The rounds whose completions it wrote."""
    return list(version.rounds.select_related("project").order_by("pk"))
