"""The supervisor as a real process: logs, restarts, and nothing left running however it ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from embedded import spawn

# A program that leaves a grandchild in a session of its own, as a trainer's helper might.
PARENT = (
    "import subprocess, sys, time;"
    "sleep = [sys.executable, '-c', 'import time; time.sleep(600)'];"
    "subprocess.Popen(sleep, start_new_session=True);"
    "print('ready', flush=True); time.sleep(600)"
)
SUPERVISE = """
import os, sys
from pathlib import Path
from embedded.supervisor import StopRequested, Supervisor
try:
    with Supervisor(Path(sys.argv[1]), env=dict(os.environ)) as supervisor:
        for number, code in enumerate(sys.argv[2:]):
            supervisor.add(f"p{number}", [sys.executable, "-c", code], grace=2)
        while True:
            supervisor.poll()
except StopRequested:
    print("stopped")
"""


def eventually(condition: Callable[[], bool], *, seconds: float = 15) -> bool:
    """Whether `condition` comes true within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def supervise(folder: Path, *codes: str) -> subprocess.Popen[str]:
    """A supervisor of one Python program per code."""
    return subprocess.Popen(
        [sys.executable, "-c", SUPERVISE, str(folder), *codes],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def read_until(process: subprocess.Popen[str], wanted: str) -> list[str]:
    """The lines of a supervisor up to the first that contains `wanted`."""
    lines = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if wanted in line:
            return lines
    raise AssertionError(f"{wanted!r} never came: {lines}")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A stack's folder; what a failed test leaves running is ended."""
    yield tmp_path
    spawn.end_marked(tmp_path, grace=0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_nothing_runs_after_the_end_whatever_ends_it(folder: Path, number: signal.Signals):
    supervisor = supervise(folder, PARENT, PARENT)
    read_until(supervisor, "ready")
    read_until(supervisor, "ready")
    assert len(spawn.marked(folder)) == 4

    supervisor.send_signal(number)
    out, _ = supervisor.communicate(timeout=60)

    expected = (-9, "") if number == signal.SIGKILL else (0, "stopped\n")
    assert (supervisor.returncode, out) == expected
    assert eventually(lambda: spawn.marked(folder) == [])
    assert eventually(lambda: undertakers(folder) == [])


def test_the_undertaker_is_replaced_when_it_is_killed(folder: Path):
    supervisor = supervise(folder, PARENT)
    read_until(supervisor, "ready")
    (first,) = undertakers(folder)

    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: undertakers(folder) not in ([], [first]))
    supervisor.kill()
    supervisor.communicate()

    assert eventually(lambda: spawn.marked(folder) == [])


def test_a_program_that_ends_is_started_again_and_its_lines_are_kept(folder: Path):
    supervisor = supervise(folder, "import sys; print('one'); print('two', end=''); sys.exit(3)")
    lines = read_until(supervisor, "ended")
    lines += read_until(supervisor, "ended")
    supervisor.terminate()
    supervisor.communicate()

    assert lines == [
        "p0       │ one",
        "p0       │ two",
        "rondo    │ p0 ended with exit code 3, starting it again in 1 s",
        "p0       │ one",
        "p0       │ two",
        "rondo    │ p0 ended with exit code 3, starting it again in 2 s",
    ]
    assert (folder / "log" / "p0.log").read_text() == "one\ntwoone\ntwo"


def test_a_program_that_ignores_sigterm_is_killed_after_its_grace(folder: Path):
    stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True)"
    supervisor = supervise(folder, f"{stubborn}; time.sleep(600)")
    read_until(supervisor, "up")
    began = time.monotonic()

    supervisor.terminate()
    supervisor.communicate()

    assert 1.5 < time.monotonic() - began < 6
    assert spawn.marked(folder) == []


def undertakers(folder: Path) -> list[int]:
    """The ids of the living undertakers of a stack."""
    wanted = [b"-m", b"embedded.undertaker", str(folder).encode(), b""]
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cmdline").read_bytes().split(b"\0")[1:] == wanted:
                found.append(int(entry.name))
        except OSError:
            continue
    return found
