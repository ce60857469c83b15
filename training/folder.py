"""A training job's folder (lock, spec, data, events, result), and how a stage starts and ends.

events.jsonl holds one object a line, flushed at once so that the worker can follow it:

    {"n": 3, "kind": "metric", "seconds": 12.5, "data": {"step": 10, "values": {"loss": 2.1}}}

    log       {level: info | warning | error, text}
    progress  {step, total, eta_seconds | null, phase}
    metric    {step, values: {name: number | null}}; null stands for NaN and infinity
    sample    {step, samples: [{prompt_id, prompt, text, reward | null}]}

`n` counts from 1 without gaps over all attempts; `seconds` is the time spent in the job, without
the time between attempts. Events after the checkpoint that an attempt goes on from stay: a reader
takes the later one of two metrics with the same step.
"""

import errno
import fcntl
import json
import math
import os
import select
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn, Self, TypeVar

from training import tables
from training.artifacts import is_no_space, put_in_place
from training.contract import files
from training.contract.spec import Spec
from training.errors import (
    BadInputError,
    LockedError,
    NoSpaceError,
    OutOfMemoryError,
    StoppedError,
    TrainingError,
)

SpecType = TypeVar("SpecType", bound=Spec)
Row = dict[str, Any]

# A trainer whose worker is gone must not outlive the worker's lease: time for one checkpoint, no
# more.
ORPHAN_GRACE_SECONDS = 30.0


class JobFolder:
    """One process's hold on a job folder. Of a job's several processes only the main one writes."""

    def __init__(self, path: Path | str) -> None:
        """LockedError when another process has the folder, BadInputError when there is no job in
        it.
        """
        self.path = Path(path).absolute()
        if not (self.path / "job.json").is_file():
            raise BadInputError(f"{self.path} has no job.json")
        rank = os.environ.get("RANK", "0")
        self.is_main = rank == "0"
        self.error_file = "error.json" if self.is_main else f"error-{rank}.json"
        self.stop_requested = False
        self._started = time.monotonic()
        self._phases: dict[str, tuple[int, float]] = {}
        if self.is_main:
            self._lock = self._take_lock()
            self._events = (self.path / "events.jsonl").open("a+b")
            self._number, self._seconds_before = self._last_event()
        (self.path / self.error_file).unlink(missing_ok=True)

    def _take_lock(self) -> int:
        handle = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(handle)
            raise LockedError(f"another process works in {self.path}") from error
        return handle

    def _last_event(self) -> tuple[int, float]:
        """Number and seconds of the last whole line. A line cut by a kill is removed."""
        self._events.seek(0)
        content = self._events.read()
        whole = content[: content.rfind(b"\n") + 1]
        self._events.truncate(len(whole))
        if not whole:
            return 0, 0.0
        last = json.loads(whole.splitlines()[-1])
        return last["n"], last["seconds"]

    def close(self) -> None:
        if self.is_main:
            self._events.close()
            os.close(self._lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    # What the stage reads and writes

    @property
    def checkpoints(self) -> Path:
        return self.path / "checkpoints"

    @property
    def model(self) -> Path:
        return self.path / "model"

    def spec(self, kind: type[SpecType]) -> SpecType:
        try:
            return kind.read(self.path)
        except (ValueError, TypeError, KeyError) as error:
            raise BadInputError(f"job.json: {error}") from error

    def read_table(self, spec: Spec, name: str) -> list[Row]:
        """A table of the spec's `data`; BadInputError when it is missing or has other columns."""
        return tables.read(files.data(self.path, name), spec.data[name])

    def write_table(self, spec: Spec, name: str, rows: Sequence[Row]) -> None:
        """A table of the spec's `output`."""
        if self.is_main:
            tables.write(files.output(self.path, name), rows, spec.output[name])

    def write_json(self, name: str, content: Mapping[str, Any]) -> None:
        if self.is_main:
            self._put_json(name, content)

    def _put_json(self, name: str, content: Mapping[str, Any]) -> None:
        temporary = self.path / f"tmp-{name}"
        text = json.dumps(finite(content), indent=2, ensure_ascii=False, allow_nan=False)
        temporary.write_text(text + "\n", encoding="utf-8")
        put_in_place(temporary, self.path / name)

    def result(self, content: Mapping[str, Any]) -> None:
        """The stage ended well, with these numbers."""
        self.write_json("result.json", content)

    def error(self, *, code: str, message: str) -> None:
        """This process, which need not be the main one, ended badly."""
        self._put_json(self.error_file, {"code": code, "message": message})

    # Events

    def log(self, text: str, *, level: str = "info") -> None:
        self._event("log", {"level": level, "text": text})

    def warn(self, text: str) -> None:
        self.log(text, level="warning")

    def progress(self, step: int, total: int, *, phase: str) -> None:
        """The remaining time is judged by the pace of this phase in this process."""
        now = time.monotonic()
        first_step, first_time = self._phases.setdefault(phase, (step, now))
        pace = (now - first_time) / (step - first_step) if step > first_step else None
        eta = None if pace is None else round(pace * (total - step), 1)
        self._event("progress", {"step": step, "total": total, "eta_seconds": eta, "phase": phase})

    def metric(self, step: int, values: Mapping[str, float | None]) -> None:
        self._event("metric", {"step": step, "values": dict(values)})

    def sample(self, step: int, samples: Sequence[Mapping[str, Any]]) -> None:
        self._event("sample", {"step": step, "samples": [dict(sample) for sample in samples]})

    def _event(self, kind: str, data: Row) -> None:
        if not self.is_main:
            return
        self._number += 1
        seconds = round(self._seconds_before + time.monotonic() - self._started, 3)
        event = {"n": self._number, "kind": kind, "seconds": seconds, "data": finite(data)}
        line = json.dumps(event, ensure_ascii=False, allow_nan=False)
        self._events.write(line.encode("utf-8", "replace") + b"\n")
        self._events.flush()

    # Stopping

    def stop_on_signals(self) -> None:
        """From now on SIGTERM and the end of whoever started this process set `stop_requested`."""
        signal.signal(signal.SIGTERM, lambda *_: self.request_stop())
        watched = [os.getppid()]
        if "RONDO_WORKER_PID" in os.environ:
            watched.append(int(os.environ["RONDO_WORKER_PID"]))
        threading.Thread(target=self._watch, args=(watched,), daemon=True).start()

    def request_stop(self) -> None:
        self.stop_requested = True

    def check_stop(self) -> None:
        """StoppedError when a stop was asked for; for stages, and parts of them, without
        checkpoints.
        """
        if self.stop_requested:
            raise StoppedError("stopped on request")

    def _watch(self, pids: list[int]) -> None:
        """Wait for the end of any of `pids`; a pidfd, unlike a pid, is never another process's."""
        poll = select.poll()
        for pid in pids:
            try:
                poll.register(os.pidfd_open(pid), select.POLLIN)
            except ProcessLookupError:
                break
        else:
            poll.poll()
        self.request_stop()
        time.sleep(ORPHAN_GRACE_SECONDS)
        os._exit(StoppedError.exit_status)


def finite(value: Any) -> Any:
    """`value` with NaN and infinities as None: JSON has no word for them."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return value


def main(stage: Callable[[JobFolder], None]) -> NoReturn:
    """Run `stage` on the folder named on the command line and exit: 0 done, 75 stopped, 1 failed.

    A folder whose result is there is done already: running it again does nothing.
    """
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    if len(sys.argv) != 2:
        sys.exit(f"usage: python -m {stage.__module__} FOLDER")
    try:
        folder = JobFolder(sys.argv[1])
    except TrainingError as error:
        sys.exit(str(error))
    if (folder.path / "result.json").exists():
        sys.exit(0)
    folder.stop_on_signals()
    try:
        stage(folder)
    except StoppedError as error:
        leave_together()
        sys.exit(report(folder, error))
    except Exception as error:
        sys.exit(report(folder, error))
    leave_together()
    folder.close()
    sys.exit(0)


def leave_together() -> None:
    """End the process group of a job of several processes, all of which have come to their end.

    Its threads may still let go of Python objects: one that does so while the interpreter ends
    aborts the process. After a crash nobody waits for the others.
    """
    distributed = sys.modules.get("torch.distributed")
    if distributed and distributed.is_available() and distributed.is_initialized():
        distributed.destroy_process_group()


def report(folder: JobFolder, error: Exception) -> int:
    """Write error.json, and the traceback of what is not expected to happen; the exit status.

    The log comes last and may fail: the error may be that the disk is full.
    """
    known = known_error(error)
    if known is None:
        line = traceback.format_exception_only(error)[-1].strip()
        code, message, told = "crash", line, traceback.format_exc()
    else:
        code, message, told = known.code, str(known), str(known)
    print(told, file=sys.stderr)  # noqa: T201 for whoever runs it by hand, and other ranks' only word
    with suppress(OSError):
        folder.error(code=code, message=message)
    with suppress(OSError):
        folder.log(told, level="info" if isinstance(known, StoppedError) else "error")
    return 1 if known is None else known.exit_status


def known_error(error: Exception) -> TrainingError | None:
    """Errors of torch and the system in our own words."""
    if isinstance(error, TrainingError):
        return error
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return OutOfMemoryError(f"out of memory: {error}")
    if isinstance(error, RuntimeError) and "can't allocate memory" in str(error):
        return OutOfMemoryError(f"out of memory: {error}")
    if isinstance(error, OSError) and error.errno == errno.ENOMEM:
        return OutOfMemoryError(f"out of memory: {error}")
    if is_no_space(error):
        return NoSpaceError(f"no space left: {error}")
    return None
