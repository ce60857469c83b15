"""Reward model: K-wise training on rankings and corrections."""

from collections.abc import Iterator
from pathlib import Path

from jobs.models import Job
from registry.models import ModelVersion
from rounds.models import Snapshot
from rounds.snapshots import REWARD, SFT, Row, read, write_rows
from rounds.stages.base import (
    DEMONSTRATIONS,
    RANKINGS,
    Stage,
    folder_of,
    register_model,
    resolve,
    run_of,
    snapshot_of,
    spec_settings,
)
from training.reward.spec import RewardSpec


class Reward(Stage):
    """Registers a reward model."""

    name = "reward"

    def prepare(self, job: Job, folder: Path) -> RewardSpec:
        """The rankings of both splits, and the demonstrations that set the zero of the score."""
        run = run_of(job)
        resolve(run)
        snapshot = snapshot_of(run)
        for split in ("train", "heldout"):
            write_rows(folder / f"data/{split}.parquet", rankings(snapshot, split), RANKINGS)
        demonstrations = read(snapshot, SFT, split="train")
        write_rows(folder / "data/demonstrations.parquet", demonstrations, DEMONSTRATIONS)
        return RewardSpec(model=folder_of(run.source), **spec_settings(run))

    def complete(self, job: Job, folder: Path, result: dict[str, object]) -> None:
        """Register the model."""
        register_model(run_of(job), folder, kind=ModelVersion.Kind.REWARD, result=result)


def rankings(snapshot: Snapshot, split: str) -> Iterator[Row]:
    """The rankings of `split`, named by their annotation."""
    for row in read(snapshot, REWARD, split=split):
        yield {**row, "ranking_id": row["annotation_id"]}
