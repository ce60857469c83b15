"""Many annotators at once against a running server, then the count of what got lost: nothing may.

    python -m benchmarks.labeling_load --url http://127.0.0.1:8000 --annotators 50 --seconds 60

It makes a simulated project with tasks and people in the server's database (the one of
DATABASE_URL, or of var/run.env while the embedded stack runs) and gives each person a session. Each
claims, saves drafts and submits over HTTP; some submits are sent twice at once, some connections
are cut before the answer and the request is repeated. Then the database is asked whether each
acknowledged answer is there exactly once, and whether any task has more answers than asked for.
"""

import argparse
import os
import random
import re
import sys
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from benchmarks.labeling_load_people import Annotator, Connection


@dataclass(frozen=True, kw_only=True)
class Report:
    """What happened. broken: rules that the database breaks; empty when all is well."""

    annotators: int
    seconds: float
    acknowledged: int
    stored: int
    counts: dict[str, int]
    milliseconds: dict[str, tuple[int, int, int]]  # request -> (how many, p50, p95)
    broken: list[str]

    def lines(self) -> list[str]:
        """For people."""
        rate = self.stored / self.seconds
        return [
            f"{self.annotators} annotators, {self.seconds:.0f} s: {self.stored} annotations stored"
            f" ({rate:.1f}/s), {self.acknowledged} answers acknowledged",
            *(f"  {name}: {count}" for name, count in sorted(self.counts.items())),
            *(
                f"  {name}: {n} requests, p50 {p50} ms, p95 {p95} ms"
                for name, (n, p50, p95) in sorted(self.milliseconds.items())
            ),
            *(f"BROKEN: {rule}" for rule in self.broken),
            "no annotation lost, no task over its overlap, no double" if not self.broken else "",
        ]


def run(
    *, url: str, annotators: int, seconds: float, overlap: int = 2, think: float = 0.3
) -> Report:
    """Make the project, let everybody work, and check the database."""
    slug, sessions = prepare(
        annotators=annotators, tasks=int(annotators * seconds), overlap=overlap
    )
    people = [
        Annotator(Connection(url, session), slug, random.Random(n), think)
        for n, session in enumerate(sessions)
    ]
    start = time.monotonic()
    threads = [threading.Thread(target=p.work, args=(start + seconds,)) for p in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - start
    acknowledged = [pair for person in people for pair in person.acknowledged]
    counts = sum((person.counts for person in people), Counter[str]())
    stored, broken = check(slug, acknowledged)
    broken += [
        f"{name} ({n} times)" for name, n in counts.items() if re.match(r"crash|.* 5\d\d", name)
    ]
    return Report(
        annotators=annotators,
        seconds=took,
        acknowledged=len(acknowledged),
        stored=stored,
        counts=dict(counts),
        milliseconds=percentiles(people),
        broken=broken,
    )


def prepare(*, annotators: int, tasks: int, overlap: int) -> tuple[str, list[str]]:
    """A simulated project with open tasks; its slug and a session key for each person."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from accounts.models import User
    from accounts.sessions import SessionStore
    from labeling.models import Membership, Prompt
    from labeling.projects import create_project
    from labeling.tasks import open_tasks

    slug = f"load-{uuid.uuid4().hex[:8]}"
    project = create_project(
        name=slug, slug=slug, by=None, overlap=overlap, lease_minutes=5, is_simulated=True
    )
    prompts = [
        Prompt(
            project=project,
            messages=[{"role": "user", "content": f"Question {n}?"}],
            sha256=f"{slug}{n}",
        )
        for n in range(tasks)
    ]
    Prompt.objects.bulk_create(prompts)
    open_tasks(project=project, kind="demonstration", prompts=prompts)
    sessions = []
    for n in range(annotators):
        user = User.objects.create_user(f"{slug}-{n}@example.invalid", name=f"Load {n}")
        User.objects.filter(pk=user.pk).update(is_simulated=True)
        Membership.objects.create(project=project, user=user)
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        sessions.append(str(session.session_key))
    return slug, sessions


def check(slug: str, acknowledged: list[tuple[int, str]]) -> tuple[int, list[str]]:
    """How many annotations the project has, and the rules that are broken."""
    from django.db.models import Count, F, Q

    from labeling.models import Annotation, Task

    answers = Annotation.objects.filter(project__slug=slug)
    stored = {pk: str(key) for pk, key in answers.values_list("pk", "client_key")}
    broken = [
        f"annotation {pk} was acknowledged and is not there"
        for pk, key in acknowledged
        if stored.get(pk) != key
    ]
    keys = Counter(stored.values())
    broken += [f"client key {key} is stored {n} times" for key, n in keys.items() if n > 1]
    counted = Count("annotations", filter=Q(annotations__standing="counts"))
    tasks = Task.objects.filter(project__slug=slug)
    over = tasks.annotate(given=counted).filter(given__gt=F("overlap"))
    broken += [f"task {task.pk} has more answers than asked for" for task in over]
    pairs = answers.counted().values_list("task", "annotator").order_by()
    broken += [
        f"annotator {annotator} answered task {task} {n} times"
        for task, annotator, n in pairs.annotate(n=Count("pk")).filter(n__gt=1)
    ]
    live = Count(
        "assignments", filter=Q(assignments__state__in=["active", "submitted", "revising"])
    )
    wrong = tasks.annotate(live=live).exclude(free_slots=F("overlap") - F("live"))
    broken += [f"task {task.pk} miscounts its free slots" for task in wrong]
    return len(stored), broken


def percentiles(people: list[Annotator]) -> dict[str, tuple[int, int, int]]:
    """Request -> (how many, p50, p95) in milliseconds."""
    merged: dict[str, list[float]] = {}
    for person in people:
        for name, seconds in person.connection.seconds.items():
            merged.setdefault(name, []).extend(seconds)
    return {
        name: (len(s), *(round(1000 * sorted(s)[int(len(s) * q)]) for q in (0.5, 0.95)))
        for name, s in merged.items()
    }


def main() -> int:
    """Parse the command line, run, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument(
        "--annotators", type=int, default=50, choices=range(1, 201), metavar="1-200"
    )
    parser.add_argument("--seconds", type=int, default=60, choices=range(1, 601), metavar="1-600")
    parser.add_argument("--think", type=float, default=0.3, help="mean pause in seconds")
    asked = parser.parse_args()
    root = Path(__file__).resolve().parents[1]
    sys.path[:0] = [str(root), str(root / "platform")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    report = run(
        url=asked.url, annotators=asked.annotators, seconds=asked.seconds, think=asked.think
    )
    print("\n".join(report.lines()))
    return 1 if report.broken else 0


if __name__ == "__main__":
    sys.exit(main())
