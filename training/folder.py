"""A training job's folder as its trainer holds it: lock, spec, tables, events, result."""

import fcntl
import json
import os
import select
import signal
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self, TypeVar

from training import tables
from training.contract import files
from training.contract.events import Data, Event, Log, Metric, Progress, Sample, Samples, finite
from training.contract.manifest import put_in_place
from training.contract.said import parts_of, say
from training.contract.spec import Spec
from training.conversations import conversation
from training.errors import BadInputError, LockedError, StoppedError
from training.tracking import Mirrors

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
        if not (self.path / files.JOB).is_file():
            raise BadInputError(say("{path} has no {job}", path=self.path, job=files.JOB))
        rank = int(os.environ.get("RANK", "0"))
        self.is_main = rank == 0
        self.error_file = files.error(self.path, rank=rank)
        self.stop_requested = False
        self.at_once = self.least = 0
        self.halvings = self._halvings()
        self._started = time.monotonic()
        self._phases: dict[str, tuple[int, float]] = {}
        if self.is_main:
            self._lock = self._take_lock()
            self._events = (self.path / files.EVENTS).open("a+b")
            self._number, self._seconds_before = self._last_event()
            self._mirrors = Mirrors(self.path)
        self.error_file.unlink(missing_ok=True)

    def _take_lock(self) -> int:
        handle = os.open(self.path / files.LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(handle)
            raise LockedError(say("another process works in {path}", path=self.path)) from error
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
            self.close_mirrors()
            self._events.close()
            os.close(self._lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    # What the stage reads and writes

    @property
    def checkpoints(self) -> Path:
        return self.path / files.CHECKPOINTS

    @property
    def model(self) -> Path:
        return self.path / files.MODEL

    def spec(self, kind: type[SpecType]) -> SpecType:
        try:
            spec = kind.read(self.path)
        except (ValueError, TypeError, KeyError) as error:
            raise BadInputError(say("{job}: {error}", job=files.JOB, error=error)) from error
        at_once = getattr(spec, spec.at_once) if spec.at_once else 0  # 0: memory decides
        self.least = min(spec.least, at_once)
        self.at_once = max(self.least, at_once >> self.halvings)
        if self.at_once == at_once:
            return spec
        self.warn(
            say(
                "out of memory: going on with {name} {n}",
                name=spec.at_once,
                n=self.at_once,
            )
        )
        return replace(spec, **{spec.at_once: self.at_once})

    def halve(self) -> bool:
        """From now on half as much is at a time, in later attempts too; False if it is the least.

        Each of several processes that runs out of memory says the same.
        """
        if self.at_once <= self.least:
            return False
        self.halvings += 1
        temporary = self.path / f"tmp-{files.HALVINGS}-{os.getpid()}"
        temporary.write_text(f"{self.halvings}\n", encoding="utf-8")
        put_in_place(temporary, self.path / files.HALVINGS)
        return True

    def _halvings(self) -> int:
        file = self.path / files.HALVINGS
        return int(file.read_text(encoding="utf-8")) if file.is_file() else 0

    def read_table(self, spec: Spec, name: str) -> list[Row]:
        """A table of the spec's `data`; BadInputError when it is missing or has other columns."""
        rows = tables.read(files.data(self.path, name), spec.data[name])
        for row in rows:
            if row.get("given"):
                row["messages"] = conversation(row)
        return rows

    def write_table(self, spec: Spec, name: str, rows: Sequence[Row]) -> None:
        """A table of the spec's `output`."""
        if self.is_main:
            tables.write(files.output(self.path, name), rows, spec.output[name])

    def result(self, content: Mapping[str, Any]) -> None:
        """The stage ended well, with these numbers."""
        if self.is_main:
            self._put_json(self.path / files.RESULT, content)

    def error(self, *, code: str, message: str, again: bool = False) -> None:
        """This process, which need not be the main one, ended badly."""
        told: dict[str, Any] = {"code": code, "message": message}
        if said := parts_of(message):
            told["said"] = said
        if again:
            told["again"] = True
        self._put_json(self.error_file, told)

    def _put_json(self, target: Path, content: Mapping[str, Any]) -> None:
        temporary = target.with_name(f"tmp-{target.name}")
        text = json.dumps(finite(content), indent=2, ensure_ascii=False, allow_nan=False)
        try:
            temporary.write_text(text + "\n", encoding="utf-8")
            put_in_place(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)

    # Events

    def log(self, text: str, *, level: str = "info") -> None:
        self._tell(Log(level=level, text=text, said=parts_of(text)))

    def warn(self, text: str) -> None:
        self.log(text, level="warning")

    def progress(self, step: int, total: int, *, phase: str) -> None:
        """The remaining time is judged by the pace of this phase in this process."""
        now = time.monotonic()
        first_step, first_time = self._phases.setdefault(phase, (step, now))
        pace = (now - first_time) / (step - first_step) if step > first_step else None
        eta = None if pace is None else round(pace * (total - step), 1)
        self._tell(Progress(step=step, total=total, eta_seconds=eta, phase=phase))

    def metric(self, step: int, values: Mapping[str, float | None]) -> None:
        self._tell(Metric(step=step, values=dict(values)))
        if self.is_main:
            self._mirrors.put(step, values)
            self._tell_failed_mirrors()

    def close_mirrors(self) -> None:
        """Wait a little for what trackers have not sent yet."""
        if self.is_main:
            self._mirrors.close()
            self._tell_failed_mirrors()

    def _tell_failed_mirrors(self) -> None:
        for name, error in self._mirrors.failed():
            self.warn(
                say(
                    "the tracker {name} failed and is left out: {error}",
                    name=name,
                    error=error,
                )
            )

    def sample(self, step: int, samples: Sequence[Sample]) -> None:
        self._tell(Samples(step=step, samples=list(samples)))

    def _tell(self, data: Data) -> None:
        if not self.is_main:
            return
        self._number += 1
        seconds = round(self._seconds_before + time.monotonic() - self._started, 3)
        self._events.write(Event(n=self._number, seconds=seconds, data=data).line())
        self._events.flush()

    # Stopping

    def stop_on_signals(self) -> None:
        """From now on SIGTERM and the end of whoever started this process set `stop_requested`."""
        signal.signal(signal.SIGTERM, lambda *_: self.request_stop())
        watched = [os.getppid()]
        if files.WORKER_PID in os.environ:
            watched.append(int(os.environ[files.WORKER_PID]))
        threading.Thread(target=self._watch, args=(watched,), daemon=True).start()

    def request_stop(self) -> None:
        self.stop_requested = True

    def check_stop(self) -> None:
        """StoppedError when a stop was asked for; for stages, and parts of them, without
        checkpoints.
        """
        if self.stop_requested:
            raise StoppedError(say("stopped on request"))

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
