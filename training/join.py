"""On every machine but the first of a training that several share: take part in each that begins.

    python -m training.join JOBS --config_file FILE

JOBS: RONDO_JOBS, on a disk that all machines see. FILE: the configuration of accelerate that the
worker on the first machine has, with this machine's `machine_rank`. A worker's note of the process
that it started is what tells of an attempt; one that it asks to stop ends here as well.
"""

import argparse
import json
import logging
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

from training.contract import files
from training.contract.spec import Spec

LAUNCHER = (sys.executable, "-m", "accelerate.commands.launch", "--config_file")
LOOK_EVERY = 1.0  # seconds
STILL_WAITING = 600.0  # seconds that the first machine waits for the others, about

logger = logging.getLogger("training.join")


def attempts(jobs: Path) -> list[tuple[int, Path]]:
    """When each began and its folder, those that several machines share, the first one first."""
    notes = [path / files.PROCESS for path in jobs.iterdir()]
    began = [(note.stat().st_mtime_ns, note.parent) for note in notes if note.is_file()]
    return sorted(one for one in began if is_shared(one[1]))


def is_shared(folder: Path) -> bool:
    """Whether the job in it is for several processes, and not done."""
    try:
        stage = json.loads((folder / files.JOB).read_text(encoding="utf-8"))["stage"]
        module = import_module(f"training.{stage}.spec")
    except (OSError, ValueError, KeyError, ImportError):
        return False
    kinds = [kind for kind in vars(module).values() if isinstance(kind, type)]
    shared = any(issubclass(kind, Spec) and kind.is_shared for kind in kinds)
    return shared and not (folder / files.RESULT).exists()


def command(folder: Path, config: Path) -> list[str]:
    """The words by which this machine takes part in the job in `folder`."""
    stage = json.loads((folder / files.JOB).read_text(encoding="utf-8"))["stage"]
    return [*LAUNCHER, str(config), "-m", f"training.{stage}", str(folder)]


def commands(jobs: Path, config: Path) -> Iterator[list[str]]:
    """One for each attempt, as they begin; never ends."""
    last = time.time_ns() - int(STILL_WAITING * 1e9)
    while True:
        for began, folder in attempts(jobs):
            if began > last:
                last = began
                yield command(folder, config)
        time.sleep(LOOK_EVERY)


def main(arguments: Sequence[str] | None = None) -> None:
    """Take part until it is stopped. An attempt that fails is the worker's to try again."""
    parser = argparse.ArgumentParser(prog="python -m training.join", description=__doc__)
    parser.add_argument("jobs", type=Path)
    parser.add_argument("--config_file", type=Path, required=True)
    given = parser.parse_args(arguments)
    for words in commands(given.jobs, given.config_file):
        logger.info("taking part: %s", words[-1])
        status = subprocess.run(words, check=False).returncode  # noqa: S603 our own words
        logger.info("ended with %s: %s", status, words[-1])


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    main()
