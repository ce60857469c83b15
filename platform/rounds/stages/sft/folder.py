"""What SFT reads."""

from collections.abc import Iterator
from pathlib import Path

from core.tables import Row
from labeling.kinds import kinds
from rounds.models import Run
from rounds.snapshots import read
from rounds.stages.folder import path_of, snapshot_of, spec_settings, write_data
from rounds.stages.sft.needs import is_scored, takes_edits
from rounds.stages.sft.settings import SETTINGS
from training.sft.spec import SFTSpec


def prepare(run: Run, folder: Path) -> SFTSpec:
    """The demonstrations of both splits."""
    write_data(folder, SFTSpec, **{split: examples(run, split) for split in ("train", "heldout")})
    return SFTSpec(
        model=path_of(run.source),
        reward_model=path_of(run.reward_model) if is_scored(run.recipe) else "",
        **spec_settings(run, SETTINGS),
    )


def examples(run: Run, split: str) -> Iterator[Row]:
    """What SFT learns from in `split`."""
    takes = takes_edits(run.recipe)
    for row in read(snapshot_of(run), "demonstrations", split=split):
        if takes or not _is_edited(row):
            yield row


def _is_edited(row: Row) -> bool:
    """Whether it is a model's completion, edited; older snapshots leave it to its kind."""
    edited = row["edited"]
    return kinds()[row["kind"]].edits if edited is None else bool(edited)
