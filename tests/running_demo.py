"""A running `make demo` with the tiny model, for tests that meet it from outside."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parents[1]
LINK = re.compile(r"(\w+) \(([\w ]+)\) +(http://127\.0\.0\.1:\d+/sign-in/\S+/)$")


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
        rows = self.rows(
            "SELECT count(*) FROM labeling_task t JOIN labeling_task_completions c"
            " ON c.task_id = t.id WHERE t.kind = 'ranking' AND t.state = 'open' GROUP BY t.id"
        )
        return [row[0] for row in rows]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database of the stack answers."""
        values = dict(
            line.split("=", 1) for line in (self.folder / "run.env").read_text().splitlines()
        )
        with psycopg.connect(values["DATABASE_URL"]) as connection:
            return connection.execute(query.encode()).fetchall()

    def end(self, number: signal.Signals) -> int:
        """Send a signal and wait for the end; the exit code."""
        self.process.send_signal(number)
        self.process.communicate(timeout=60)
        return self.process.returncode
