"""What the stages share in writing their folders and taking over what lies in them."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from core.errors import NotEnoughDataError
from core.tables import Row, read_rows, write_rows
from jobs.models import Job
from labeling.given import Message, given, whole
from labeling.models import Preamble, Prompt
from registry import services as registry
from registry.models import ModelVersion
from rounds.models import Run, Snapshot
from rounds.snapshots import read
from rounds.stages.setting import Recipe, Setting
from training.contract import files, folders
from training.contract.spec import Spec


def run_of(job: Job) -> Run:
    """The run that `job` works on."""
    return Run.objects.with_parts().select_related("job__after", "round__writer").get(job=job)


def path_of(version: ModelVersion | None) -> str:
    """Where the files of `version` lie on this machine, verified; NotEnoughDataError for None."""
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


def prompt_row(prompt: Prompt, preamble: Sequence[Message]) -> Row:
    """What a model is given, whole."""
    return {
        "prompt_id": prompt.pk,
        "messages": given(preamble, prompt.messages),
        "given": whole(preamble, prompt.given) or None,
    }


def preamble_of(run: Run) -> list[Message]:
    """What stands before its prompts: its round's; of a vote's run what the recipe names."""
    pk = run.recipe.get("preamble", run.round.preamble_id)
    return Preamble.objects.get(pk=pk).messages if pk else []


def heldout_prompts(snapshot: Snapshot, count: int) -> list[Row]:
    """The first `count` held-out prompts by their hash: the same ones in every round."""
    return first_prompts(snapshot, count, split="heldout")


def first_prompts(snapshot: Snapshot, count: int, *, split: str) -> list[Row]:
    """The first `count` prompts of `split` by their hash."""
    rows = read(snapshot, "prompts", split=split)
    return sorted(rows, key=lambda row: str(row["sha256"]))[:count]


def spec_settings(run: Run, settings: tuple[Setting, ...]) -> Recipe:
    """The run's settings for its spec, whose defaults stand for what an older recipe lacks.

    −1 frozen layers are two thirds of the model's.
    """
    chosen = {s.name: run.recipe[s.name] for s in settings if s.name in run.recipe and s.in_spec}
    if "frozen_layers" in chosen:
        layers = folders.layers(Path(path_of(run.source)))
        frozen = chosen["frozen_layers"]
        chosen["frozen_layers"] = layers * 2 // 3 if frozen < 0 else min(frozen, layers - 1)
    return chosen


def register_model(
    run: Run, folder: Path, *, kind: ModelVersion.Kind, title: str, result: dict[str, Any]
) -> ModelVersion:
    """Take the trained model into the registry as the next version of the project's family.

    A model travels: what prompts were left out, by their ids here, stays with the run.
    """
    return registry.register_folder(
        folder=folder / files.MODEL,
        kind=kind,
        family=run.round.project.family,
        parent=run.source,
        job=run.job,
        metrics={name: value for name, value in result.items() if name != "dropped"},
        title=title,
        preamble=run.round.preamble.messages if run.round.preamble else [],
    )
