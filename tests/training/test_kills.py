"""`kill -9` at twenty moments of each stage, drawn at random, leaves no trace in what it makes.

Each attempt is a process of its own, forked from one that has loaded the libraries; what is drawn
is the moment from there to the end. `benchmarks.kills` does the same with processes as users have.
"""

from functools import partial
from pathlib import Path

import pytest

from benchmarks.kills import STAGES, base_model, tried
from tests.training import forks

pytestmark = pytest.mark.slow
KILLS, STEPS = 20, 4


def begin(stage: str, folder: Path) -> forks.Forked:
    """Texts are kept as soon as there are some."""
    work = partial(forks.train, often=True)
    return forks.Forked(work, stage, folder, log=folder / "output.log")


def test_twenty_kills_of_each_stage_change_nothing(tmp_path: Path) -> None:
    models = base_model(tmp_path)
    forks.load()  # so that the time of the first attempt is its own

    found = {
        stage: tried(stage, models, tmp_path, kills=KILLS, steps=STEPS, begin=begin)
        for stage in STAGES
    }

    same = {"kills": KILLS, "same": True, "same_curves": True}
    assert {stage: {k: one[k] for k in same} for stage, one in found.items()} == dict.fromkeys(
        STAGES, same
    )
