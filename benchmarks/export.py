"""How much memory and time an export takes: it must not grow with the number of annotations.

    python benchmarks/export.py --annotations 50000

Starts a PostgreSQL of its own in a scratch folder, fills a project with rankings of four
completions, starts the web process as in production (uvicorn, ASGI), and downloads exports of
ever more rows while it watches the process's memory. Prints the table of docs/benchmarks.md.
"""

import argparse
import http.client
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEXT = "Put the egg into boiling water and take it out after six minutes. " * 6
BATCH = 2000


def fill(count: int) -> str:
    """A project per size with `count` rankings in all; the secret of a token that may export."""
    from accounts.models import User
    from accounts.services import create_api_token
    from labeling.models import Annotation, Assignment, Completion, Project, Prompt, Task
    from registry.models import Family

    admin = User.objects.create_superuser("bench@example.org", name="Bench")
    for size in (count // 10, count):
        family = Family.objects.create(name=f"bench-{size}")
        project = Project.objects.create(slug=family.name, name=family.name, family=family)
        prompt = Prompt.objects.create(
            project=project, messages=[{"role": "user", "content": "How do I boil an egg?"}]
        )
        for start in range(0, size, BATCH):
            numbers = range(start, min(start + BATCH, size))
            tasks = Task.objects.bulk_create(
                Task(project=project, kind="ranking", prompt=prompt, state="done", free_slots=0)
                for _ in numbers
            )
            texts = Completion.objects.bulk_create(
                Completion(prompt=prompt, text=f"{TEXT}{n}") for n in range(4 * len(tasks))
            )
            groups = [texts[4 * i : 4 * i + 4] for i in range(len(tasks))]
            link = Task.completions.through
            link.objects.bulk_create(
                link(task_id=task.pk, completion_id=text.pk)
                for task, group in zip(tasks, groups, strict=True)
                for text in group
            )
            assignments = Assignment.objects.bulk_create(
                Assignment(
                    task=task,
                    slot=1,
                    annotator=admin,
                    state="submitted",
                    lease_until=task.created_at,
                )
                for task in tasks
            )
            Annotation.objects.bulk_create(
                Annotation(
                    task=task,
                    assignment=assignment,
                    annotator=admin,
                    kind="ranking",
                    body={"tiers": [[text.pk] for text in group], "unacceptable": []},
                    shown_order=[text.pk for text in group],
                    guideline_version=1,
                )
                for task, assignment, group in zip(tasks, assignments, groups, strict=True)
            )
    return create_api_token(user=admin, name="benchmark")[1]


def memory(pid: int, field: str) -> int:
    """A field of /proc/PID/status in MiB: VmRSS is now, VmHWM the most ever."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) // 1024
    raise ValueError(field)


def download(port: int, path: str, secret: str) -> tuple[float, float, int]:
    """(seconds to the first byte, seconds in all, bytes)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    start = time.perf_counter()
    connection.request("GET", path, headers={"Authorization": f"Bearer {secret}"})
    response = connection.getresponse()
    if response.status != 200:
        raise SystemExit(f"{path}: {response.status} {response.read(500)!r}")
    first, total = 0.0, 0
    while piece := response.read(2**16):
        first = first or time.perf_counter() - start
        total += len(piece)
    return first, time.perf_counter() - start, total


def serve(port: int) -> subprocess.Popen[bytes]:
    """The web process, once it answers."""
    command = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--port", str(port)]
    process = subprocess.Popen([*command, "--log-level", "warning"], cwd=ROOT)
    for _ in range(300):
        time.sleep(0.2)
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return process
        except OSError:
            continue
    process.kill()
    raise SystemExit("the web process does not answer")


def main() -> None:
    """Fill, serve, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--annotations", type=int, default=50_000)
    count = parser.parse_args().annotations
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
        }
        try:
            measure(count)
        finally:
            valkey.stop()
            postgres.stop()


def measure(count: int) -> None:
    """Print a line for each export."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    secret = fill(count)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    web = serve(port)
    try:
        print("| export | rankings | first byte | all | size | memory before | peak |")
        print("|---|---|---|---|---|---|---|")
        for size in (count // 10, count):
            for name in ("preferences.jsonl", "preferences.parquet", "rankings.jsonl"):
                before = memory(web.pid, "VmRSS")
                path = f"/api/v1/projects/bench-{size}/exports/{name}"
                first, seconds, total = download(port, path, secret)
                print(
                    f"| {name} | {size:,} | {first:.2f} s | {seconds:.1f} s |"
                    f" {total / 2**20:.0f} MiB | {before} MiB | {memory(web.pid, 'VmHWM')} MiB |",
                    flush=True,
                )
    finally:
        web.terminate()
        web.wait()


if __name__ == "__main__":
    main()
