"""`make demo` as a person meets it, with the tiny model: from nothing to a ranking task."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from embedded import spawn

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"(\w+) \(([\w ]+)\) +(http://127\.0\.0\.1:\d+/sign-in/\S+/)$")
# Far above what a quiet machine needs (10, 30 and 6 s), for the tests may share theirs.
ANSWERS_SECONDS, TASK_SECONDS, AGAIN_SECONDS = 120, 180, 60

pytestmark = pytest.mark.slow


class Demo:
    """A running demo in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        outside = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE"}
        env = {name: value for name, value in os.environ.items() if name not in outside}
        env["PYTHONPATH"] = f"{ROOT}:{ROOT / 'platform'}"
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "embedded", "demo", "--folder", folder),
                *("--port", str(self.port), "--base-model", "tiny"),
            ],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def links(self, *, seconds: float) -> list[tuple[str, str, str]]:
        """(name, role, link) of each person, once the web process answers."""
        began, lines, found = time.monotonic(), [], []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            lines.append(line)
            if match := LINK.search(line.strip()):
                found.append((match[1], match[2], match[3]))
            if len(found) == 3:
                assert time.monotonic() - began < seconds
                return found
        raise AssertionError("".join(lines))

    def ranked_completions(self) -> list[int]:
        """How many completions each open ranking task has."""
        values = dict(
            line.split("=", 1) for line in (self.folder / "run.env").read_text().splitlines()
        )
        query = (
            "SELECT count(*) FROM labeling_task t JOIN labeling_task_completions c"
            " ON c.task_id = t.id WHERE t.kind = 'ranking' AND t.state = 'open' GROUP BY t.id"
        )
        with psycopg.connect(values["DATABASE_URL"]) as connection:
            return [row[0] for row in connection.execute(query)]

    def end(self, number: signal.Signals) -> int:
        """Send a signal and wait for the end; the exit code."""
        self.process.send_signal(number)
        self.process.communicate(timeout=60)
        return self.process.returncode


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
