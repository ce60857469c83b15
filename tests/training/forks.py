"""Processes forked from one that has loaded the libraries, which takes each of its own six seconds.

They are killed, stopped and end like those that users have, which other tests start: of each stage
tests/rounds and tests/rehearsal do.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import torch

from benchmarks.kills import STAGES
from training import kept_rows
from training.stage import main

CONTEXT = multiprocessing.get_context("forkserver")
# What sets variables of the environment as the libraries read them comes first.
TRAINERS = [f"training.{stage}.trainer" for stage in (*STAGES, "reply")]
CONTEXT.set_forkserver_preload(["benchmarks.training.side", *TRAINERS])


class Forked:
    """A process that does `work(*args)` and writes to `log`; of Popen's methods what is needed."""

    def __init__(self, work: Callable[..., None], *args: Any, log: Path, **variables: str) -> None:
        self.log = log
        self._process = CONTEXT.Process(target=_do, args=(work, args, log, variables))
        self._process.start()

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self._process.exitcode

    def send_signal(self, number: signal.Signals) -> None:
        assert self._process.pid is not None
        os.kill(self._process.pid, number)

    def kill(self) -> None:
        self._process.kill()

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(str(self._process), timeout or 0)
        return self._process.exitcode

    def communicate(self, timeout: float | None = None) -> tuple[str, None]:
        """Wait for its end; what it has written."""
        self.wait(timeout)
        return self.log.read_text(), None


def _do(work: Callable[..., None], args: Any, log: Path, variables: dict[str, str]) -> None:
    os.environ.update(variables)
    torch.set_num_threads(1)
    with log.open("ab") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    work(*args)


def train(stage: str, folder: Path, *, often: bool = False) -> None:
    """The work of `python -m training.STAGE FOLDER`. often: texts are kept as soon as there are."""
    if often:
        kept_rows.SECONDS_BETWEEN_CHECKPOINTS = 0.0
    sys.argv = [stage, str(folder)]
    main(getattr(import_module(f"training.{stage}.trainer"), stage))


def measure(file: Path) -> None:
    """The work of `python -m benchmarks.training.side FILE`."""
    from benchmarks.training import side

    side.main(file)


def load() -> None:
    """Wait until all is loaded, so that what follows takes its own time alone."""
    process = CONTEXT.Process(target=int)
    process.start()
    process.join()
