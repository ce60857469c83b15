"""Curves mirrored to trackers of others, by accelerate's classes for them.

Each tracker works in a thread of its own: one that hangs or fails costs the run nothing but its
own curves. Steps that are done again after a resume are not mirrored again.
"""

import json
import math
import os
import queue
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from training.contract import files
from training.contract.events import Metric

PROJECT = "rondo"  # what trackers group runs by
CLOSE_SECONDS = 5.0  # that the end of a run waits for what is left to be sent
MLFLOW_RUN = "mlflow-run.txt"  # in the job's folder: which run a later attempt goes on with


class Mirrors:
    """All trackers that the worker names, of one run; none where it names none."""

    def __init__(self, path: Path) -> None:
        """path: the job's folder, with the events of the attempts before."""
        names = os.environ.get(files.TRACKERS, "").split(",")
        self._mirrors = [Mirror(name, path) for name in filter(None, names)]
        self._reached: dict[str, int] = {}  # figure -> its last step
        if self._mirrors:
            for step, values in _told(path / files.EVENTS):
                self._new(step, values)

    def put(self, step: int, values: Mapping[str, float | None]) -> None:
        """Mirror the figures of a step that no earlier attempt had reached."""
        if self._mirrors and (new := self._new(step, values)):
            for mirror in self._mirrors:
                mirror.put(step, new)

    def _new(self, step: int, values: Mapping[str, float | None]) -> dict[str, float]:
        numbers = {name: float(value) for name, value in values.items() if value is not None}
        new = {
            name: value
            for name, value in numbers.items()
            if math.isfinite(value) and step > self._reached.get(name, -1)
        }
        self._reached |= dict.fromkeys(new, step)
        return new

    def close(self) -> None:
        """Wait a little for what is left."""
        for mirror in self._mirrors:
            mirror.close()

    def failed(self) -> list[tuple[str, str]]:
        """Which have failed, and of what, each once: they are left out from now on."""
        found = [mirror for mirror in self._mirrors if mirror.failure]
        self._mirrors = [mirror for mirror in self._mirrors if not mirror.failure]
        return [(mirror.name, mirror.failure) for mirror in found]


class Mirror:
    """One tracker. failure: why it stopped, "" while it works."""

    def __init__(self, name: str, path: Path) -> None:
        self.name, self.failure = name, ""
        self._path = path
        self._waiting: queue.SimpleQueue[tuple[int, dict[str, float]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=f"tracker {name}", daemon=True)
        self._thread.start()

    def put(self, step: int, values: dict[str, float]) -> None:
        self._waiting.put((step, values))

    def close(self) -> None:
        self._waiting.put(None)
        self._thread.join(CLOSE_SECONDS)
        if self._thread.is_alive():
            self.failure = f"it did not take everything within {CLOSE_SECONDS:.0f} seconds"

    def _work(self) -> None:
        tracker = None
        try:
            while (item := self._waiting.get()) is not None:
                # Not before the first figure: then the trainer has set up what accelerate shares.
                tracker = tracker or start(self.name, self._path)
                step, values = item
                tracker.log(values, step=step)
            if tracker is not None:
                tracker.finish()
        except Exception as error:  # whatever it is, the run goes on
            self.failure = f"{type(error).__name__}: {error}"


def start(name: str, path: Path) -> Any:
    """accelerate's tracker `name`, which goes on with the run of an earlier attempt."""
    from accelerate import PartialState  # noqa: PLC0415  slow, and few have trackers
    from accelerate.tracking import (  # noqa: PLC0415
        MLflowTracker,
        TensorBoardTracker,
        TrackioTracker,
    )

    PartialState()  # the trackers ask it which process is the main one
    stage = json.loads((path / files.JOB).read_text(encoding="utf-8"))["stage"]
    run = f"{stage}-{path.name}"
    tracker: Any
    if name == "tensorboard":
        tracker = TensorBoardTracker(run, os.environ[files.TRACKERS_FOLDER])
        tracker.start()
    elif name == "mlflow":
        note = path / MLFLOW_RUN
        known = note.read_text(encoding="utf-8") if note.is_file() else None
        tracker = MLflowTracker(PROJECT, run_id=known, run_name=run)
        tracker.start()
        note.write_text(tracker.tracker.info.run_id, encoding="utf-8")
    elif name == "trackio":
        tracker = TrackioTracker(PROJECT, name=run, resume="allow")
        tracker.start()
    else:
        raise ValueError(f"there is no tracker {name!r}")
    return tracker


def _told(path: Path) -> Iterator[tuple[int, Mapping[str, float | None]]]:
    """Step and figures of each metric that was written."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            if event["kind"] == Metric.kind:
                yield event["data"]["step"], event["data"]["values"]
