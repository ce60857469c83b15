"""SFT: supervised fine-tuning of the base model on demonstrations."""

from collections.abc import Iterator
from pathlib import Path

from core.tables import Row
from jobs.models import Job
from labeling.models import Kind
from registry.models import ModelVersion
from rounds.models import Run
from rounds.snapshots import read
from rounds.stages.base import (
    Stage,
    folder_of,
    register_model,
    resolve,
    run_of,
    snapshot_of,
    spec_settings,
    write_data,
)
from training.sft.spec import SFTSpec


class SFT(Stage):
    """Registers an SFT model."""

    name = "sft"

    def prepare(self, job: Job, folder: Path) -> SFTSpec:
        """The demonstrations of both splits, with corrected texts where the recipe says so."""
        run = run_of(job)
        resolve(run)
        splits = {split: examples(run, split) for split in ("train", "heldout")}
        write_data(folder, SFTSpec, **splits)
        return SFTSpec(model=folder_of(run.source), **spec_settings(run))

    def complete(self, job: Job, folder: Path, result: dict[str, object]) -> None:
        """Register the model."""
        register_model(run_of(job), folder, kind=ModelVersion.Kind.SFT, result=result)


def examples(run: Run, split: str) -> Iterator[Row]:
    """What SFT learns from in `split`."""
    for row in read(snapshot_of(run), "demonstrations", split=split):
        if row["kind"] != Kind.CORRECTION or run.recipe["corrections_as_demonstrations"]:
            yield row
