"""One foreground process that starts programs, shows their logs, restarts them and ends them all.

Own code rather than honcho (docs/decisions/0004-embedded-servers.md): honcho ends everything when
one process ends, restarts nothing, and leaves its children running when it is killed.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from core import processes
from embedded import spawn

BACKOFF_SECONDS = (1, 2, 5, 10, 30)
STEADY_SECONDS = 60  # having run so long, a program starts again with the first back-off
LOG_BYTES = 20 * 2**20  # a log larger than this is set aside at the next start
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
COLOURS = (36, 33, 35, 32, 34, 96, 93, 95)


class StopRequested(Exception):  # noqa: N818  it is no error
    """Ctrl-C, SIGTERM or a closed terminal."""


@dataclass(kw_only=True)
class Program:
    """A child that is kept running. grace: seconds it gets to end after SIGTERM."""

    name: str
    command: Sequence[str | Path]
    grace: float = 10
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0
    failures: int = 0
    due_at: float | None = None  # when to start it again
    rest: bytes = b""  # of a line that is not complete yet
    log: IO[bytes] | None = None
    colour: int = field(default=37)


class Supervisor:
    """Programs of the stack in `folder`; every one inherits `env` and the stack's mark."""

    def __init__(self, folder: Path, *, env: Mapping[str, str]) -> None:
        self.folder = folder
        self.env = {**env, spawn.MARK: str(folder), "PYTHONUNBUFFERED": "1"}
        self.programs: list[Program] = []
        self.stopping = False
        self.hurry = False
        self._coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self._selector = selectors.DefaultSelector()
        self._undertaker: subprocess.Popen[bytes] | None = None
        self._handlers: dict[signal.Signals, signal._HANDLER] = {}
        (folder / "log").mkdir(parents=True, exist_ok=True, mode=0o700)

    def __enter__(self) -> "Supervisor":
        spawn.end_marked(self.folder, grace=5)  # what a machine or an undertaker that died left
        wake_read, wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        self._selector.register(wake_read, selectors.EVENT_READ, None)
        self._handlers = {number: signal.signal(number, self._on_signal) for number in SIGNALS}
        self._hire_undertaker()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        signal.set_wakeup_fd(-1)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._selector.close()
        if self._undertaker is not None and self._undertaker.stdin is not None:
            self._undertaker.stdin.close()
            self._undertaker.wait()

    def add(self, name: str, command: Sequence[str | Path], *, grace: float = 10) -> Program:
        """Start a program and keep it running until `stop`."""
        colour = COLOURS[len(self.programs) % len(COLOURS)]
        program = Program(name=name, command=command, grace=grace, colour=colour)
        self.programs.append(program)
        self._start(program)
        return program

    def run(self, name: str, command: Sequence[str | Path], *, quiet: bool = False) -> int:
        """Run one command to its end, while the programs are watched; its exit code.

        quiet: its lines go to its log file alone.
        """
        program = Program(name=name, command=command, colour=0 if quiet else 37)
        self._start(program)
        assert program.process is not None
        while program.process.poll() is None:
            self.poll()
        self._drain(program)
        self._close(program)
        return program.process.returncode

    def capture(self, name: str, command: Sequence[str | Path]) -> tuple[int, str]:
        """Run one command, its log into a file: its exit code and what it says on stdout.

        For short answers that may not be kept, such as one-time links.
        """
        path = self.folder / "log" / f"{name}.log"
        with path.open("ab") as log, tempfile.TemporaryFile() as answer:
            process = processes.start(command, env=self.env, stdout=answer, stderr=log)
            while process.poll() is None:
                self.poll()
            answer.seek(0)
            return process.returncode, answer.read().decode()

    def run_attached(self, command: Sequence[str | Path]) -> int:
        """Run one command with this terminal as its own, while the programs are watched."""
        process = processes.start(command, env=self.env)
        try:
            while process.poll() is None:
                self.poll()
        finally:
            processes.end(process)
        return process.returncode

    def poll(self, timeout: float = 0.2) -> None:
        """Show what was logged meanwhile and restart what ended; StopRequested after a signal."""
        for key, _ in self._selector.select(timeout):
            if key.data is None:
                os.read(key.fd, 1024)
            else:
                self._read(key.data)
        if self.stopping:
            return
        self._hire_undertaker()
        for program in self.programs:
            self._keep_running(program)

    def say(self, text: str) -> None:
        """Print one line of the supervisor's own."""
        self._print("rondo", text, colour=1)

    def stop(self) -> None:
        """End every program and everything that they started; a second signal makes it quick."""
        self.stopping = True
        for program in self.programs:
            if program.process is not None and program.process.poll() is None:
                program.process.terminate()
        began = time.monotonic()
        while alive := [p for p in self.programs if p.process and p.process.poll() is None]:
            self.poll(0.05)
            for program in alive:
                if self.hurry or time.monotonic() - began > program.grace:
                    assert program.process is not None
                    processes.signal_group(program.process.pid, signal.SIGKILL)
        for program in self.programs:
            self._drain(program)
            self._close(program)
        undertaker = [self._undertaker.pid] if self._undertaker else []
        spawn.end_marked(self.folder, grace=0 if self.hurry else 10, keep=undertaker)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self.stopping:
            self.hurry = True
            return
        self.stopping = True
        raise StopRequested

    def _keep_running(self, program: Program) -> None:
        """Start a program again when it has ended and its back-off is over."""
        now = time.monotonic()
        if program.due_at is not None:
            if now >= program.due_at:
                program.due_at = None
                self._start(program)
            return
        assert program.process is not None
        code = program.process.poll()
        if code is None:
            return
        self._drain(program)
        self._close(program)
        processes.signal_group(program.process.pid, signal.SIGKILL)  # what it left of its group
        if now - program.started_at > STEADY_SECONDS:
            program.failures = 0
        pause = BACKOFF_SECONDS[min(program.failures, len(BACKOFF_SECONDS) - 1)]
        program.failures += 1
        program.due_at = now + pause
        self.say(f"{program.name} ended with {_meaning(code)}, starting it again in {pause} s")

    def _start(self, program: Program) -> None:
        path = self.folder / "log" / f"{program.name}.log"
        if path.exists() and path.stat().st_size > LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        program.log = path.open("ab", buffering=0)
        program.process = processes.start(program.command, stdout=subprocess.PIPE, env=self.env)
        program.started_at = time.monotonic()
        assert program.process.stdout is not None
        os.set_blocking(program.process.stdout.fileno(), False)
        self._selector.register(program.process.stdout, selectors.EVENT_READ, program)

    def _close(self, program: Program) -> None:
        if program.process is not None and program.process.stdout is not None:
            with contextlib.suppress(KeyError, ValueError):
                self._selector.unregister(program.process.stdout)
            program.process.stdout.close()
        self._show(program, program.rest)
        program.rest = b""
        if program.log is not None:
            program.log.close()
            program.log = None

    def _drain(self, program: Program) -> None:
        """Read what is left in the pipe; what outlives the program may hold it open."""
        while self._read(program):
            pass

    def _read(self, program: Program) -> bool:
        """Take over one chunk of a program's log; False when there is none now."""
        assert program.process is not None
        assert program.process.stdout is not None
        if program.process.stdout.closed:
            return False
        try:
            chunk = os.read(program.process.stdout.fileno(), 65536)
        except BlockingIOError:
            return False
        if not chunk:
            with contextlib.suppress(KeyError):
                self._selector.unregister(program.process.stdout)
            return False
        if program.log is not None:
            with contextlib.suppress(OSError):  # a full disk must not end the stack
                program.log.write(chunk)
        *lines, program.rest = (program.rest + chunk).split(b"\n")
        for line in lines:
            self._show(program, line)
        return True

    def _show(self, program: Program, line: bytes) -> None:
        if line.strip() and program.colour:
            self._print(program.name, line.decode(errors="replace"), colour=program.colour)

    def _print(self, name: str, text: str, *, colour: int) -> None:
        prefix = f"{name:<8} │ "
        if self._coloured:
            prefix = f"\x1b[{colour}m{prefix}\x1b[0m"
        with contextlib.suppress(BrokenPipeError):
            print(prefix + text, flush=True)  # noqa: T201

    def _hire_undertaker(self) -> None:
        if self._undertaker is not None and self._undertaker.poll() is None:
            return
        # Not marked, so that it never ends itself; no death signal, for it must outlive us.
        self._undertaker = subprocess.Popen(
            [sys.executable, "-m", "embedded.undertaker", self.folder],
            stdin=subprocess.PIPE,
            env={name: value for name, value in self.env.items() if name != spawn.MARK},
            process_group=0,
        )


def _meaning(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
