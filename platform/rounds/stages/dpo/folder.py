"""What DPO reads."""

from pathlib import Path

from rounds.halves import rows_in
from rounds.models import Run
from rounds.snapshots import read
from rounds.stages.dpo.settings import SETTINGS
from rounds.stages.folder import (
    heldout_prompts,
    path_of,
    snapshot_of,
    spec_settings,
    write_data,
)
from training.dpo.spec import DPOSpec

SAMPLES = 32  # held-out prompts that the KL is measured on; four of them are shown again and again


def prepare(run: Run, folder: Path) -> DPOSpec:
    """The rankings of both splits, and a few held-out prompts to watch."""
    snapshot = snapshot_of(run)
    write_data(
        folder,
        DPOSpec,
        train=rows_in(run.half, run.round.project, read(snapshot, "rankings", split="train")),
        heldout=read(snapshot, "rankings", split="heldout"),
        samples=heldout_prompts(snapshot, SAMPLES),
    )
    return DPOSpec(model=path_of(run.source), **spec_settings(run, SETTINGS))
