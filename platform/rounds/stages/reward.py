"""Reward model: K-wise training on rankings and corrections."""

from pathlib import Path

from jobs.models import Job
from registry.models import ModelVersion
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
from training.reward.spec import RewardSpec


class Reward(Stage):
    """Registers a reward model."""

    name = "reward"

    def prepare(self, job: Job, folder: Path) -> RewardSpec:
        """The rankings of both splits, and the demonstrations that set the zero of the score."""
        run = run_of(job)
        resolve(run)
        snapshot = snapshot_of(run)
        write_data(
            folder,
            RewardSpec,
            train=read(snapshot, "rankings", split="train"),
            heldout=read(snapshot, "rankings", split="heldout"),
            demonstrations=read(snapshot, "demonstrations", split="train"),
        )
        return RewardSpec(model=folder_of(run.source), **spec_settings(run))

    def complete(self, job: Job, folder: Path, result: dict[str, object]) -> None:
        """Register the model."""
        register_model(run_of(job), folder, kind=ModelVersion.Kind.REWARD, result=result)
