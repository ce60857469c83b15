"""What SFT reads."""

from collections.abc import Iterator
from pathlib import Path

from core.tables import Row
from rounds.models import Run
from rounds.snapshots import read
from rounds.stages.folder import path_of, snapshot_of, spec_settings, write_data
from rounds.stages.sft.needs import left_out
from rounds.stages.sft.settings import SETTINGS
from training.sft.spec import SFTSpec


def prepare(run: Run, folder: Path) -> SFTSpec:
    """The demonstrations of both splits."""
    write_data(folder, SFTSpec, **{split: examples(run, split) for split in ("train", "heldout")})
    return SFTSpec(model=path_of(run.source), **spec_settings(run, SETTINGS))


def examples(run: Run, split: str) -> Iterator[Row]:
    """What SFT learns from in `split`."""
    unwanted = left_out(run.recipe)
    for row in read(snapshot_of(run), "demonstrations", split=split):
        if row["kind"] not in unwanted:
            yield row
