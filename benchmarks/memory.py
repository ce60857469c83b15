"""What the idle demo takes, and how fast it starts: `make bench-memory`.

Starts `make demo` with the tiny model in a scratch folder, waits until its completions are written
and nothing is left to do, and sums the proportional set size (PSS) of all its processes: what
several of them share counts once. Then it stops the demo, starts it again, and writes
benchmarks/results/memory.json and a table for docs/benchmarks.md.
"""

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "benchmarks" / "results" / "memory.json"
MARK = "RONDO_STACK"
IDLE_SECONDS = 20.0  # without a job
HEAVY = ("torch", "arrow", "numpy", "scipy", "pandas", "sklearn", "transformers")


class Demo:
    """A running demo, whose log is read away. tree: the checkout that is started."""

    def __init__(self, folder: Path, *, port: int, tree: Path) -> None:
        self.folder, self.port = folder, port
        inner = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE"}
        env = {name: value for name, value in os.environ.items() if name not in inner}
        env["PYTHONPATH"] = f"{tree}:{tree / 'platform'}"
        words = ["--folder", str(folder), "--port", str(port), "--base-model", "tiny"]
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "embedded", "demo", *words],
            env=env,
            cwd=tree,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(self.process.stdout)

    def answers(self) -> float:
        """Seconds from the start to the first page."""
        while True:
            try:
                url = f"http://127.0.0.1:{self.port}/accounts/login/"
                with urllib.request.urlopen(url, timeout=10) as page:
                    page.read()
                return time.monotonic() - self.began
            except OSError:
                if self.process.poll() is not None:
                    raise SystemExit("".join(self.lines)) from None
                time.sleep(0.05)

    def wait_until_idle(self) -> None:
        """Return when its first round is written and no job has been open for a while."""
        quiet_since, was_busy = time.monotonic(), False
        while time.monotonic() - quiet_since < IDLE_SECONDS or not was_busy:
            jobs = self.ask(
                "SELECT count(*), count(*) FILTER (WHERE finished_at IS NULL) FROM jobs_job"
            )
            was_busy = was_busy or jobs[0] > 0
            if jobs[1] or not was_busy:
                quiet_since = time.monotonic()
            time.sleep(1)

    def ask(self, query: str) -> Any:
        """The first row that its database answers."""
        import psycopg

        values = dict(
            line.split("=", 1) for line in (self.folder / "run.env").read_text().splitlines()
        )
        with psycopg.connect(values["DATABASE_URL"]) as connection:
            return connection.execute(query.encode()).fetchone()

    def stop(self) -> float:
        """Ctrl-C; seconds to the end of the last process."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
        return time.monotonic() - began

    def processes(self) -> dict[int, dict[str, Any]]:
        """Process id -> name, PSS in kB and the heavy libraries that it has loaded."""
        return {pid: look(pid) for pid in family(self.process.pid)}


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += family(int(child))
    return found


def look(pid: int) -> dict[str, Any]:
    """One process of the demo."""
    folder = Path(f"/proc/{pid}")
    rollup = (folder / "smaps_rollup").read_text()
    pss = next(line.split()[1] for line in rollup.splitlines() if line.startswith("Pss:"))
    maps = (folder / "maps").read_text()
    command = (folder / "cmdline").read_text().replace("\0", " ")
    return {
        "name": name_of(command),
        "pss_kb": int(pss),
        "heavy": [name for name in HEAVY if f"/{name}" in maps or f"lib{name}" in maps],
    }


def name_of(command: str) -> str:
    """The role of a process, from its command line."""
    roles = {
        "embedded.undertaker": "undertaker",
        "embedded": "supervisor",
        "gunicorn": "web",
        "uvicorn": "web",
        "-Q default": "worker",
        "-Q gpu": "gpu worker",
        " beat": "beat",
        "postgres": "PostgreSQL",
        "valkey": "Valkey",
    }
    return next((role for part, role in roles.items() if part in command), command[:40])


def measure(tree: Path, port: int) -> dict[str, Any]:
    """Two starts of the demo and its memory between them."""
    with tempfile.TemporaryDirectory(prefix="rondo-memory-") as scratch:
        demo = Demo(Path(scratch) / "var", port=port, tree=tree)
        first = demo.answers()
        demo.wait_until_idle()
        found = demo.processes()
        stop = demo.stop()
        demo = Demo(Path(scratch) / "var", port=port, tree=tree)
        second = demo.answers()
        demo.stop()
    by_name: dict[str, dict[str, Any]] = {}
    for process in found.values():
        row = by_name.setdefault(process["name"], {"processes": 0, "pss_mb": 0.0, "heavy": []})
        row["processes"] += 1
        row["pss_mb"] = round(row["pss_mb"] + process["pss_kb"] / 1024, 1)
        row["heavy"] = sorted({*row["heavy"], *process["heavy"]})
    return {
        "idle_pss_mb": round(sum(row["pss_mb"] for row in by_name.values())),
        "first_start_s": round(first, 1),
        "second_start_s": round(second, 1),
        "ctrl_c_s": round(stop, 1),
        "processes": by_name,
        "machine": f"{len(os.sched_getaffinity(0))} cores, {platform.platform()}",
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("django", "celery", "gunicorn", "psycopg")},
        },
    }


def table(result: dict[str, Any]) -> str:
    """Markdown for docs/benchmarks.md."""
    rows = sorted(result["processes"].items(), key=lambda item: -item[1]["pss_mb"])
    lines = ["| | processes | PSS, MB |", "|---|---|---|"]
    lines += [f"| {name} | {row['processes']} | {row['pss_mb']:.0f} |" for name, row in rows]
    count = sum(row["processes"] for _, row in rows)
    return "\n".join([*lines, f"| all | {count} | {result['idle_pss_mb']} |"])


def main() -> None:
    """Measure, write, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=18400)
    parser.add_argument("--tree", type=Path, default=ROOT, help="another checkout to measure")
    parser.add_argument("--output", type=Path, default=RESULT)
    wanted = parser.parse_args()
    result = measure(wanted.tree.resolve(), wanted.port)
    wanted.output.parent.mkdir(parents=True, exist_ok=True)
    wanted.output.write_text(json.dumps(result, indent=2) + "\n")
    print(table(result))
    print({name: result[name] for name in ("first_start_s", "second_start_s", "ctrl_c_s")})


if __name__ == "__main__":
    main()
