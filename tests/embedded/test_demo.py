"""`make demo` as a person meets it, with the tiny model: from nothing to a ranking task."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded import spawn
from tests.running_demo import ROOT, Demo

# Far above what a quiet machine needs (10, 30 and 6 s), for the tests may share theirs.
ANSWERS_SECONDS, TASK_SECONDS, AGAIN_SECONDS = 120, 180, 60

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Where the demo keeps everything; what a failed test leaves running is ended."""
    yield tmp_path / "var"
    spawn.end_marked(tmp_path / "var", grace=0)


def test_the_demo_from_nothing_to_a_ranking_task_and_on_after_a_stop(folder: Path):
    demo = Demo(folder)
    links = demo.links(seconds=ANSWERS_SECONDS)
    assert [link[:2] for link in links] == [
        ("Admin", "site admin"),
        ("Ada", "Annotator"),
        ("Bo", "Annotator"),
    ]
    with urllib.request.urlopen(links[1][2], timeout=10) as page:
        assert page.status == 200
    deadline = time.monotonic() + TASK_SECONDS
    while not (counts := demo.ranked_completions()) and time.monotonic() < deadline:
        time.sleep(0.5)
    assert set(counts) == {4}

    second = subprocess.run(
        [sys.executable, "-m", "embedded", "demo", "--folder", folder, "--port", "1"],
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (second.returncode, second.stdout, second.stderr) == (
        1,
        "",
        f"Rondo already runs in {folder} (process {demo.process.pid}):"
        f" http://127.0.0.1:{demo.port}\n",
    )

    assert demo.end(signal.SIGINT) == 0
    assert spawn.marked(folder) == []

    again = Demo(folder)
    fresh = again.links(seconds=AGAIN_SECONDS)
    assert not {link[2] for link in fresh} & {link[2] for link in links}
    assert len(again.ranked_completions()) >= len(counts)
    again.end(signal.SIGKILL)
    deadline = time.monotonic() + 30
    while spawn.marked(folder) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert spawn.marked(folder) == []
    assert not (folder / "postgres" / "data" / "postmaster.pid").exists()  # it ended cleanly
