"""Child processes that cannot outlive the process that started them; the standard library only.

Linux tells a child when its parent dies (PR_SET_PDEATHSIG), however it dies; `start` asks for that
and puts each child in a process group of its own, so that Ctrl-C in the terminal reaches the parent
alone, which then ends its children in order.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1

Stream = int | IO[bytes]


def start(
    command: Sequence[str | Path],
    *,
    death_signal: signal.Signals = signal.SIGTERM,
    before: Callable[[], None] = lambda: None,
    stdin: Stream = subprocess.DEVNULL,
    stdout: Stream | None = None,
    stderr: Stream = subprocess.STDOUT,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` in its own process group; it gets `death_signal` when this process dies.

    before: runs in the child first, for instance to change its user.
    """
    parent = os.getpid()

    def prepare() -> None:  # runs in the child, before exec
        before()
        if sys.platform == "linux":  # after a change of user, which would clear it
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return subprocess.Popen(
        [str(word) for word in command],
        stdin=stdin,
        stdout=stdout,
        stderr=stderr if stdout is not None else None,
        cwd=cwd,
        env=env,
        process_group=0,
        preexec_fn=prepare,
    )


def end(
    process: subprocess.Popen[bytes], *, first: signal.Signals = signal.SIGTERM, grace: float = 10
) -> int:
    """Ask `process` to end, after `grace` seconds kill its whole group; return its exit code."""
    if process.poll() is None:
        process.send_signal(first)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=grace)
    signal_group(process.pid, signal.SIGKILL)
    return process.wait()


def signal_group(group: int, number: signal.Signals) -> None:
    """Send a signal to a process group that may be gone already."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
