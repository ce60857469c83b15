"""Every process of a stack is found."""

import os
import subprocess
import sys
from pathlib import Path

from embedded import spawn

# Ignores SIGTERM and prints its id once it does.
STUBBORN = (
    "import os, signal, time; signal.signal(15, signal.SIG_IGN);"
    "print(os.getpid(), flush=True); time.sleep(600)"
)


def alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_end_marked_ends_the_orphans_of_its_stack_only(tmp_path: Path):
    code = (
        "import subprocess, sys;"
        f"subprocess.Popen([sys.executable, '-c', {STUBBORN!r}], start_new_session=True)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, spawn.MARK: str(tmp_path)},
        stdout=subprocess.PIPE,
    )
    process.wait()
    assert process.stdout is not None
    orphan = int(process.stdout.readline())
    process.stdout.close()
    assert spawn.marked(tmp_path) == [orphan]
    assert spawn.marked(tmp_path / "other") == []

    assert spawn.end_marked(tmp_path, grace=0.2) == [orphan]

    assert not alive(orphan)
