"""`kill -9` at twenty moments of each stage, drawn at random, leaves no trace in what it makes.

Each attempt is a process of its own, forked from one that has loaded the libraries; what is drawn
is the moment from there to the end. `benchmarks.kills` does the same with processes as users have.
"""

import multiprocessing
import os
import sys
from importlib import import_module
from pathlib import Path

import pytest
import torch

from benchmarks.kills import STAGES, base_model, tried
from training import kept_rows
from training.stage import main

pytestmark = pytest.mark.slow
KILLS, STEPS = 20, 4
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([f"training.{stage}.trainer" for stage in STAGES])


def work(stage: str, folder: str) -> None:
    """What the process does; texts are kept as soon as there are some."""
    torch.set_num_threads(1)
    kept_rows.SECONDS_BETWEEN_CHECKPOINTS = 0.0
    sys.argv = [stage, folder]
    with Path(folder, "output.log").open("ab") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    main(getattr(import_module(f"training.{stage}.trainer"), stage))


class Forked:
    """An attempt."""

    def __init__(self, stage: str, folder: Path) -> None:
        self._process = FORKS.Process(target=work, args=(stage, str(folder)))
        self._process.start()

    def poll(self) -> int | None:
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()

    def wait(self) -> int:
        self._process.join()
        assert self._process.exitcode is not None
        return self._process.exitcode


def test_twenty_kills_of_each_stage_change_nothing(tmp_path: Path) -> None:
    models = base_model(tmp_path)
    loading = FORKS.Process(target=int)
    loading.start()
    loading.join()  # so that the time of the first attempt is its own

    found = {
        stage: tried(stage, models, tmp_path, kills=KILLS, steps=STEPS, begin=Forked)
        for stage in STAGES
    }

    same = {"kills": KILLS, "same": True, "same_curves": True}
    assert {stage: {k: one[k] for k in same} for stage, one in found.items()} == dict.fromkeys(
        STAGES, same
    )
