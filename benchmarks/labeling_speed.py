"""Annotations a second, and what an annotator waits for, at any number of tasks.

    make bench-labeling
    make bench-labeling ARGS="--sizes 10000 --annotators 20 --seconds 10"

Starts the product's servers and its web server in a scratch folder, fills projects of 10 thousand,
100 thousand and 1 million rankings (two completions of 80 words, three answers a task, the older
half done), and lets 20 and 100 annotators answer over HTTP without a pause; the generator runs on
the same cores. Every twentieth task is opened as a page anew. Then the database is asked for each
acknowledged answer. Writes the parts `sizes`, `pages` and `kinds` of results/labeling.json, with
the machine and how busy it was; a part that was not asked for stays:

next_ms     from "Label" to the page with a task: a redirect and a page
submit_ms   from the submit of an answer to the next task
cpu_ms      processor time of the web server and PostgreSQL for one annotation, pages included
pages       what lists and figures cost at a million answers: benchmarks/labeling_pages.py
kinds       what an answer of each kind costs: benchmarks/labeling_kinds.py
duplicates  keys or pairs of task and annotator stored twice, answers over a task's overlap
lost        answers acknowledged and not in the database
"""

import argparse
import asyncio
import importlib.metadata
import json
import os
import platform
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, Any

from benchmarks import labeling_annotators
from embedded.stack import Stack, open_stack

if TYPE_CHECKING:
    from labeling.models import Project

RESULTS = Path(__file__).resolve().parent / "results" / "labeling.json"
WARM_UP = 3.0  # seconds
TICK = os.sysconf("SC_CLK_TCK")
PACKAGES = ("django", "psycopg", "gunicorn", "uvicorn")


@contextmanager
def running_stack(folder: Path, port: int) -> Iterator[Stack]:
    """The product's servers and its web server; Django of this process uses the same database."""
    with open_stack(folder, port=port, fresh=True) as stack:
        stack.prepare()
        stack.add_web(port)
        stack.supervisor.programs[-1].colour = 0  # a line for each answer: into its log file alone
        stack.wait_for_web()
        os.environ.update(stack.env)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        import django

        django.setup()
        yield stack


def measure(stack: Stack, project: "Project", annotators: int, seconds: float) -> dict[str, Any]:
    """One cell of the table."""
    from benchmarks.labeling_seed import add_annotators

    sessions = add_annotators(project, annotators)
    observed: list[labeling_annotators.Observed] = []
    start = time.monotonic() + WARM_UP
    port = int(stack.env["SITE_URL"].rpartition(":")[2])
    job = labeling_annotators.work(
        port=port, slug=project.slug, sessions=sessions, start=start, seconds=seconds
    )
    thread = threading.Thread(target=lambda: observed.append(asyncio.run(job)))
    thread.start()
    while time.monotonic() < start:
        stack.poll()
    before = cpu_seconds(stack)
    while thread.is_alive():
        stack.poll()
    spent = cpu_seconds(stack) - before
    if not observed:
        raise SystemExit(f"An annotator was refused: see {stack.folder}/log/web.log")
    count = len(observed[0].acknowledged)
    duplicates, lost = check(project, observed[0].acknowledged)
    return {
        "annotations_per_s": round(count / seconds, 1),
        "next_ms": percentiles(observed[0].next_seconds),
        "submit_ms": percentiles(observed[0].submit_seconds),
        "cpu_ms": round(1000 * spent / count, 1),
        "duplicates": duplicates,
        "lost": lost,
    }


def percentiles(seconds: list[float]) -> dict[str, float]:
    """Milliseconds."""
    if len(seconds) < 2:
        raise SystemExit("Too few answers to tell anything: give more --seconds.")
    cuts = quantiles(seconds, n=100)
    return {f"p{n}": round(1000 * cuts[n - 1], 1) for n in (50, 95, 99)}


def cpu_seconds(stack: Stack) -> float:
    """Processor time of the web server and PostgreSQL so far, with what their children took."""
    stats = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                words = (entry / "stat").read_text().rpartition(") ")[2].split()
            except OSError:
                continue  # it has ended
            stats[int(entry.name)] = int(words[1]), sum(map(int, words[11:15]))
    pids = [program.process.pid for program in stack.supervisor.programs if program.process]
    pids += [server.process.pid for server in stack.servers.values()]
    for pid in pids:  # grows while it is read: children of children
        pids += [child for child, (parent, _) in stats.items() if parent == pid]
    return sum(stats[pid][1] for pid in pids if pid in stats) / TICK


def check(project: "Project", acknowledged: dict[int, str]) -> tuple[int, int]:
    """How many answers are double, how many of the acknowledged ones are not there."""
    from django.db.models import Count, F

    from labeling.models import Annotation

    answers = Annotation.objects.filter(project=project)
    stored = {pk: str(key) for pk, key in answers.values_list("pk", "client_key")}
    lost = sum(stored.get(pk) != key for pk, key in acknowledged.items())
    counted = answers.counted().order_by()
    twice = counted.values("task", "annotator").annotate(n=Count("pk")).filter(n__gt=1).count()
    given = counted.values("task").annotate(n=Count("pk"))
    over = given.filter(n__gt=F("task__overlap")).count()
    return len(stored) - len(set(stored.values())) + twice + over, lost


def versions() -> dict[str, str]:
    """Of what was measured."""
    from django.db import connection

    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        found["postgresql"] = cursor.fetchone()[0].split()[0]
    return found


def keep(path: Path, parts: dict[str, Any], *, on: dict[str, Any]) -> None:
    """Write the parts that have been measured now; the others stay as they were."""
    report = json.loads(path.read_text()) if path.exists() else {}
    report |= {name: {**on, "found": found} for name, found in parts.items() if found}
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(report, indent=2) + "\n")


def circumstances() -> dict[str, Any]:
    """On what it was measured, and how many processes wanted a core during the last 15 minutes."""
    return {"machine": machine(), "load": round(os.getloadavg()[2], 1), "versions": versions()}


def machine() -> str:
    """Cores, processor and memory."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    name = names[0] if names else platform.machine()
    return f"{os.cpu_count()} cores ({name}), {pages / 2**30:.0f} GiB, Linux {platform.release()}"


def table(sizes: dict[str, Any]) -> str:
    """For docs/benchmarks.md."""
    lines = [
        "| tasks | annotators | annotations a second | submit to next, p50 / p95 / p99 |"
        " page, p50 / p95 / p99 | server CPU an annotation | lost | double |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for size, cells in sizes.items():
        for people, cell in cells.items():
            submit, page = (
                " / ".join(f"{cell[name][p]:.0f}" for p in ("p50", "p95", "p99"))
                for name in ("submit_ms", "next_ms")
            )
            lines.append(
                f"| {int(size):,} | {people} | {cell['annotations_per_s']} | {submit} ms |"
                f" {page} ms | {cell['cpu_ms']} ms | {cell['lost']} | {cell['duplicates']} |"
            )
    return "\n".join(lines)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    """Measure all cells, write the file, print the tables; 1 where one is not as it must be."""
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--annotators", type=int, nargs="+", default=[20, 100])
    parser.add_argument("--answers", type=int, nargs="*", default=[1_000_000], help="of the pages")
    parser.add_argument("--kinds", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--seconds", type=float, default=30, help="of each cell")
    parser.add_argument("--output", type=Path, default=RESULTS)
    asked = parser.parse_args()
    sizes: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder), free_port()) as stack:
        from django.db import connection

        from benchmarks import labeling_kinds, labeling_pages
        from benchmarks.labeling_seed import make_project

        for size in asked.sizes:
            with connection.cursor() as cursor:
                # Millions of rows are made in a minute without a look at each foreign key.
                cursor.execute("SET session_replication_role = replica")
                project = make_project(size)
                cursor.execute("RESET session_replication_role")
                cursor.execute("CHECKPOINT")  # now, not while it is measured
            cells = sizes.setdefault(str(size), {})
            for people in asked.annotators:
                cells[str(people)] = cell = measure(stack, project, people, asked.seconds)
                stack.supervisor.say(f"{size} tasks, {people} annotators: {json.dumps(cell)}")
        pages = {str(count): labeling_pages.measure(count) for count in asked.answers}
        each = labeling_kinds.measure() if asked.kinds else {}
        keep(asked.output, {"sizes": sizes, "pages": pages, "kinds": each}, on=circumstances())
    print(table(sizes))
    print(labeling_pages.table(pages))
    print(labeling_kinds.table(each))
    wrong = [cell for row in sizes.values() for cell in row.values() if cell["lost"]]
    wrong += [cell for row in sizes.values() for cell in row.values() if cell["duplicates"]]
    return int(bool(wrong or labeling_pages.too_slow(pages)))


if __name__ == "__main__":
    sys.exit(main())
