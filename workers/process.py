"""A training process over its folder: started, asked to stop, killed, found again by its pid."""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from django.conf import settings

from core import processes
from training.contract import files
from workers import launch

# A trainer whose worker was killed may still be writing its last checkpoint (training.folder).
LOCK_WAIT_SECONDS = 40.0
# One that hangs in a driver or a file system does not die of SIGKILL: the worker must not wait too.
KILL_SECONDS = 30.0
PID_FILE = files.PROCESS
OUTPUT = "output.log"


class TrainingProcess:
    """One child process group. Its output goes to output.log in the folder."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._stop_asked_at: float | None = None

    @classmethod
    def start(cls, command: Sequence[str], *, folder: Path, env: Mapping[str, str]) -> Self:
        """Start it, and write down its pid for whoever takes over."""
        with (folder / OUTPUT).open("ab") as output:
            process = processes.start(command, stdout=output, cwd=folder, env=env)
        note = {"pid": process.pid, "host": launch.host()}
        (folder / PID_FILE).write_text(json.dumps(note), encoding="utf-8")
        return cls(process)

    def wait(self, seconds: float) -> int | None:
        """The exit code; None while it runs after `seconds`. A stop that takes too long is cut."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(timeout=seconds)
        asked = self._stop_asked_at
        if asked is not None and time.monotonic() > asked + settings.JOB_STOP_SECONDS:
            return self.kill()
        return None

    def ask_to_stop(self) -> None:
        """SIGTERM, once: checkpoint and leave."""
        if self._stop_asked_at is None:
            self._stop_asked_at = time.monotonic()
            processes.signal_group(self._process.pid, signal.SIGTERM)

    def kill(self) -> int:
        """End the whole group now; -9 also when the kernel cannot end it yet."""
        processes.signal_group(self._process.pid, signal.SIGKILL)
        try:
            return self._process.wait(timeout=KILL_SECONDS)
        except subprocess.TimeoutExpired:
            return -signal.SIGKILL


def last_words(folder: Path) -> str:
    """The last line that a process in `folder` printed."""
    try:
        text = (folder / OUTPUT).read_bytes()[-4000:].decode("utf-8", "replace")
    except FileNotFoundError:
        return "no output"
    return next((line for line in reversed(text.splitlines()) if line.strip()), "no output")


def end_leftover(folder: Path) -> None:
    """Kill the process that an earlier attempt left in `folder` on this machine.

    Its worker lost the lease, frozen or killed; two trainers in one folder are impossible.
    """
    with contextlib.suppress(OSError, ValueError, KeyError):
        note = json.loads((folder / PID_FILE).read_text(encoding="utf-8"))
        words = Path(f"/proc/{note['pid']}/cmdline").read_bytes().split(b"\0")
        if note["host"] == launch.host() and os.fsencode(folder) in words:
            processes.signal_group(note["pid"], signal.SIGKILL)


def is_free(folder: Path, *, wait: float = LOCK_WAIT_SECONDS) -> bool:
    """Whether no process holds the folder's lock, or none does within `wait` seconds."""
    deadline = time.monotonic() + wait
    with (folder / files.LOCK).open("ab") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    return False
                time.sleep(0.1)
            else:
                return True
