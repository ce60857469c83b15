"""Children end with their parent, and a group as a whole."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from core import processes

SLEEP = (sys.executable, "-c", "import time; time.sleep(600)")
# Ignores SIGTERM and prints its id once it does.
STUBBORN = (
    "import os, signal, time; signal.signal(15, signal.SIG_IGN);"
    "print(os.getpid(), flush=True); time.sleep(600)"
)


def eventually(condition: Callable[[], bool], *, seconds: float = 10) -> bool:
    """Whether `condition` comes true within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_child_ends_when_its_parent_is_killed():
    code = (
        "import sys, time; from core import processes;"
        f"print(processes.start({SLEEP!r}).pid, flush=True); time.sleep(600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert alive(child)

    parent.kill()
    parent.wait()
    parent.stdout.close()

    assert eventually(lambda: not alive(child))


def test_end_kills_what_ignores_sigterm_and_the_rest_of_its_group():
    twin = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {STUBBORN!r}])"
    code = f"{twin}; {STUBBORN}"
    process = processes.start([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert process.stdout is not None
    pids = [int(process.stdout.readline()) for _ in range(2)]

    assert processes.end(process, grace=0.1) == -signal.SIGKILL

    process.stdout.close()
    assert eventually(lambda: not any(alive(pid) for pid in pids))
