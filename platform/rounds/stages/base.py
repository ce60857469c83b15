"""What the stages share: their run, their tables, registering their model."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.db.models import Max

from accounts.models import User
from core.errors import NotEnoughDataError
from core.tables import Row, read_rows, write_rows
from jobs.handlers import TrainingHandler
from jobs.models import Job
from labeling.access import role_in
from labeling.models import Role
from registry import services as registry
from registry.models import ModelVersion
from rounds.launching import chain
from rounds.launching.recipes import Recipe, trainer_settings
from rounds.models import Run, Snapshot
from training.contract import files
from training.contract.spec import Spec


class Stage(TrainingHandler):
    """A stage of a round."""

    def may_see(self, job: Job, user: User) -> bool:
        """The managers of the project."""
        return role_in(run_of(job).round.project, user) == Role.MANAGER


def run_of(job: Job) -> Run:
    """The run that `job` works on."""
    return Run.objects.with_parts().select_related("job__after", "round__writer").get(job=job)


def resolve(run: Run) -> None:
    """Write on the run which models it works on, now that the runs before it have ended."""
    run.source = chain.policy_of(run)
    run.reward_model = chain.reward_model_of(run)
    run.save(update_fields=["source", "reward_model"])


def folder_of(version: ModelVersion | None) -> str:
    """Where the files of `version` lie on this machine, verified."""
    if version is None:
        raise NotEnoughDataError("there is no reward model yet: run the reward stage first")
    return str(registry.local_folder(version))


def snapshot_of(run: Run) -> Snapshot:
    """The labels that `run` was launched with."""
    if run.snapshot is None:
        raise NotEnoughDataError(f"run {run.pk} has no snapshot")
    return run.snapshot


def write_data(folder: Path, spec: type[Spec], **rows: Iterable[Row]) -> None:
    """Write the whole input of a stage: rows of each table of its spec's `data`, and of no other.

    ValueError when one is missing or unknown.
    """
    if rows.keys() != spec.data.keys():
        raise ValueError(f"{spec.stage} reads {sorted(spec.data)}, not {sorted(rows)}")
    for name, table in spec.data.items():
        write_rows(files.data(folder, name), rows[name], table)


def read_output(folder: Path, spec: type[Spec], name: str) -> Iterator[Row]:
    """The rows of one table of its spec's `output`."""
    return read_rows(files.output(folder, name), spec.output[name])


def spec_settings(run: Run) -> Recipe:
    """The run's settings for its spec, with −1 frozen layers as two thirds of the model's."""
    chosen = trainer_settings(run.stage, run.recipe)
    if "frozen_layers" in chosen:
        layers = layer_count(Path(folder_of(run.source)))
        frozen = chosen["frozen_layers"]
        chosen["frozen_layers"] = layers * 2 // 3 if frozen < 0 else min(frozen, layers - 1)
    return chosen


def layer_count(folder: Path) -> int:
    """How many transformer layers the model in `folder` has."""
    config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return int(config["num_hidden_layers"])


def register_model(
    run: Run, folder: Path, *, kind: ModelVersion.Kind, result: dict[str, object]
) -> ModelVersion:
    """Take the trained model into the registry as the next version of the project's family."""
    family = run.round.project.family
    made = ModelVersion.objects.filter(family=family, kind=kind).exclude(job=run.job)
    number = (made.aggregate(last=Max("number"))["last"] or 0) + 1
    short = {"sft": "SFT", "reward": "reward model", "policy": "policy"}[kind]
    return registry.register_folder(
        folder=folder / files.MODEL,
        kind=kind,
        family=family,
        name=f"{short} v{number}",
        parent=run.source,
        job=run.job,
        metrics=result,
    )
