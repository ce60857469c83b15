"""What a project says of itself, to be compared on two servers."""

import json
from typing import Any

from api.exports.datasets import datasets
from api.exports.filters import Filters
from api.exports.reading import lines
from labeling.models import Annotation, Project
from labeling.pseudonyms import Naming, naming
from quality import refreshing as quality
from quality.models import ProjectFigures, Reliability, TaskAgreement
from registry.models import ModelVersion
from rounds.lineage import ancestors, models_trained_on
from rounds.models import Run, Snapshot, Verdict
from rounds.verdict import refreshing as verdict

IDS = {"id", "annotation_id", "prompt_id", "completion_id", "assignment_id", "evaluation_id"}
IDS |= {"run", "model_id", "group_id", "tiers", "edited_from"}


def rows_of(project: Project) -> dict[str, list[Any]]:
    """What each dataset gives."""
    found = {
        name: [
            json.loads(line)
            for piece in lines(dataset, project, Filters())
            for line in piece.splitlines()
        ]
        for name, dataset in datasets().items()
    }
    for row in found["evaluations"]:
        row["metrics"] = named(json.loads(row["metrics"]))
    return found


def named(metrics: dict[str, Any]) -> dict[str, Any]:
    """Figures of an evaluation with the models by their names."""
    names = {str(version.pk): str(version) for version in ModelVersion.objects.all()}
    models = {names[key]: of for key, of in metrics["models"].items()}
    found = {**metrics, "models": dict(sorted(models.items()))}
    if against := metrics.get("against"):
        found["against"] = {**against, "version": names[str(against["version"])]}
    return found


def figures_of(project: Project) -> dict[str, Any]:
    """What is computed of answers and votes, without ids and times."""
    quality.refresh(project.pk)
    verdict.refresh(project.pk)
    found = ProjectFigures.objects.get(project=project)
    agreement = TaskAgreement.objects.filter(project=project).order_by("task")
    reliable = Reliability.objects.filter(project=project)
    name = naming(project)
    return {
        "groups": sorted((by_name(group, name) for group in found.groups), key=json.dumps),
        "bias": found.bias,
        "agreement": list(agreement.values_list("kind", "answers", "agreement")),
        "reliability": {name(row.person_id): row.value for row in reliable},
        "verdict": Verdict.objects.get(project=project).figures.get("pairs"),
    }


def by_name(group: dict[str, Any], name: Naming) -> dict[str, Any]:
    """A group of figures; that of two people with their pseudonyms."""
    if group["by"] != "people":
        return group
    return {**group, "value": sorted(map(name, group["value"].split("-")))}


def lineage_of(project: Project) -> dict[str, Any]:
    versions = ModelVersion.objects.filter(family=project.family).order_by("pk")
    return {
        "ancestors": {str(v): [str(a) for a in ancestors(v)] for v in versions},
        "trained": [
            [str(v) for v in models_trained_on(label)]
            for label in Annotation.objects.filter(project=project).order_by("pk")
        ],
        "runs": [
            (run.stage, run.job.state, run.recipe, str(run.source), run.job.events.count())
            for run in Run.objects.filter(round__project=project).order_by("pk")
        ],
        "snapshots": list(
            Snapshot.objects.filter(project=project).order_by("pk").values_list("sha256", "counts")
        ),
        "serving": [str(a.version) for a in project.family.aliases.all()],
    }


# The other server has base models of the same files as one, by the name of the first.
ONE_BASE = "Smaller than tiny"


def alike(before: Any, after: Any, pairs: dict[str, dict[Any, Any]], key: str = "") -> None:
    """Both are the same, but for ids, of which each becomes one other."""
    if key in IDS and not isinstance(before, list):
        assert pairs.setdefault(key, {}).setdefault(before, after) == after, (key, before)
    elif isinstance(before, dict):
        assert list(before) == list(after)
        for name, value in before.items():
            alike(value, after[name], pairs, name)
    elif isinstance(before, list):
        assert len(before) == len(after)
        for one, other in zip(before, after, strict=True):
            alike(one, other, pairs, key)
    else:
        assert (ONE_BASE if before == "talker" else before) == after, key
