"""A trainer that counts its steps in a file: one line a step, a checkpoint after each."""

import signal
import time
from functools import partial
from pathlib import Path

from stub_spec import StubSpec

from training.artifacts import write_checkpoint
from training.errors import DivergedError, StoppedError
from training.folder import JobFolder
from training.stage import main


def fill(weights: bytes, target: Path) -> None:
    """A checkpoint of so many bytes."""
    (target / "weights").write_bytes(weights)


def stub(folder: JobFolder) -> None:
    """Write steps/<n> for each step; go on from the ones that are there."""
    spec = folder.spec(StubSpec)
    if spec.ignore_sigterm:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    done = folder.path / "steps"
    for step in range(1, spec.steps + 1):
        if done.exists() and len(done.read_text().split()) >= step:
            continue
        if folder.stop_requested:
            raise StoppedError("stopped on request")
        if spec.error == "diverged":
            raise DivergedError("the loss is not finite")
        if spec.error:
            raise ValueError(spec.error)
        time.sleep(spec.seconds)
        if spec.kilobytes:
            write_checkpoint(folder.checkpoints, step, partial(fill, bytes(1024 * spec.kilobytes)))
        folder.metric(step, {"loss": 1.0 / step})
        folder.progress(step, spec.steps, phase="steps")
        with done.open("a") as file:
            file.write(f"{step}\n")
    folder.log("done")
    folder.result({"steps": spec.steps})


if __name__ == "__main__":
    main(stub)
