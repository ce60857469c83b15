"""What the reward model reads."""

from pathlib import Path
from typing import Any

from rounds.halves import rows_in
from rounds.models import LearningCurve, Run
from rounds.snapshots import read
from rounds.stages.folder import path_of, snapshot_of, spec_settings, write_data
from rounds.stages.reward.settings import SETTINGS
from training.reward.spec import RewardSpec


def prepare(run: Run, folder: Path) -> RewardSpec:
    """The rankings of both splits, and the demonstrations that set the zero of the score."""
    snapshot = snapshot_of(run)
    write_data(
        folder,
        RewardSpec,
        train=rows_in(run.half, run.round.project, read(snapshot, "rankings", split="train")),
        heldout=read(snapshot, "rankings", split="heldout"),
        demonstrations=read(snapshot, "demonstrations", split="train"),
    )
    return RewardSpec(model=path_of(run.source), **spec_settings(run, SETTINGS))


def complete(run: Run, result: dict[str, Any]) -> None:
    """Store the learning curve, where there is one; it is fitted later (rounds.learning)."""
    if points := result.get("learning"):
        LearningCurve.objects.create(run=run, points=points, pairs=result["heldout"]["pairs"])
