"""What the pages about answers and people cost at a million answers.

    make bench-labeling
    make bench-labeling ARGS="--sizes --answers 100000"

Fills a project (benchmarks.labeling_fill), has its figures and verdict computed from scratch, and
once more for a hundred answers that are excluded; then asks for each page as a manager, in this
process. It is part of results/labeling.json:

queries  of the page
ms       the middle one of five times, the first left out; more than 300 is too much
cpu_ms   processor time of this process and its database, the mean of those: what else the machine
         does adds little to it
"""

import time
from pathlib import Path
from statistics import median
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from benchmarks.labeling_fill import make_project
from labeling import reviewing
from labeling.models import Annotation, Membership, Project, Role
from quality.refreshing import refresh
from registry.models import ModelVersion
from rounds.verdict import refreshing

LIMIT = 300.0  # milliseconds
TIMES = 5
FILTERS = {
    "all": "",
    "in the middle": "before={middle}",
    "one person's": "person={person}",
    "of the first round": "round=1",
    "of the last round": "round=10",
    "of one person in the first round": "round=1&person={person}",
    "of a kind": "kind=ranking",
    "of a kind that nobody gave": "kind=demonstration",
    "in a language": "language=de",
    "in a rare language": "language=fi",
    "in a language that is not there": "language=sv",
    "held out": "split=heldout",
    "excluded": "standing=excluded",
    "sent back, of which there are none": "standing=sent_back",
    "in at most 3 seconds": "at_most=3",
    "in at least 1,000 seconds": "at_least=1000",
    "under the first guidelines": "guideline=1",
    "of a day": "since={day}&until={day}",
    "before all": "until=2020-01-01",
    "with little agreement": "agreement=20",
    "too fast": "flag=fast",
    "far from others, of which there are none": "flag=far",
    "that stand out": "flag=any",
    "with a text called unacceptable, of which there are none": "mark=unacceptable",
    "where reward models differ": "choice=chosen",
    "drawn at random": "choice=drawn",
    "of a task": "task={task}",
}
PAGES = {
    "an answer": "labels/{middle}/",
    "review": "review/",
    "an answer in the queue of spot checks": "labels/{middle}/?queue=spot",
    "an answer in the queue of replies": "labels/{middle}/?queue=replies",
    "an answer in the queue of the least agreement": "labels/{middle}/?queue=agreement",
    "an answer in the queue of a person": "labels/{middle}/?queue=person&person={person}",
    "agreement": "agreement/",
    "a person": "people/{person}/",
    "people": "members/",
    "queue": "queue/",
    "queue, of a round": "queue/?round=10",
    "queue, of a kind": "queue/?kind=comparison",
    "queue, in a rare language": "queue/?language=fi",
    "queue, done in a rare language": "queue/?language=fi&state=done",
    "queue, of a kind that is not there": "queue/?kind=correction",
    "skipped": "skipped/",
    "checks": "checks/",
    "audit": "audit/",
    "audit, of one person": "audit/?person={person}",
    "audit, of what reviewers found right": "audit/?action=review:approved",
    "verdict": "verdict/",
    "a model": "models/{model}/",
    "the project": "",
}


def pages(project: Project) -> dict[str, str]:
    """The addresses that are asked for."""
    home = f"/projects/{project.slug}/"
    answers = Annotation.objects.filter(project=project).order_by("pk")
    middle = answers[answers.count() // 2]
    values = {
        "middle": middle.pk,
        "day": middle.created_at.date().isoformat(),
        "person": middle.annotator_id,
        "task": middle.task_id,
        "model": ModelVersion.objects.filter(family=project.family).latest("pk").pk,
    }
    lists = {f"answers, {name}": f"labels/?{query}" for name, query in FILTERS.items()}
    return {name: home + url.format(**values) for name, url in {**lists, **PAGES}.items()}


def measure(answers: int) -> dict[str, Any]:
    """Make the project, compute its figures, ask for each page."""
    project = make_project(answers)
    took = {"from_scratch_s": _seconds(refresh, project.pk)}
    took["verdict_s"] = _seconds(refreshing.refresh, project.pk)
    manager = get_user_model().objects.create_user(f"{project.slug}@example.invalid", name="M")
    Membership.objects.create(project=project, user=manager, role=Role.MANAGER)
    for answer in Annotation.objects.filter(project=project).counted().order_by("pk")[:100]:
        reviewing.exclude(annotation=answer, by=manager, text="A guess.", ask_again=False)
    took["a_hundred_changed_s"] = _seconds(refresh, project.pk)
    took["verdict_again_s"] = _seconds(refreshing.refresh, project.pk)
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(manager)
    return {**took, "pages": {name: _page(client, url) for name, url in pages(project).items()}}


def _seconds(act: Any, key: int) -> float:
    began = time.monotonic()
    act(key)
    return round(time.monotonic() - began, 1)


def _page(client: Client, url: str) -> dict[str, float]:
    asked: list[str] = []

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        answer = client.get(url)
    if answer.status_code != 200:
        raise SystemExit(f"{url} answers {answer.status_code}")
    seconds, spent = [], spent_seconds()
    for _ in range(TIMES):
        began = time.monotonic()
        client.get(url)
        seconds.append(time.monotonic() - began)
    spent = (spent_seconds() - spent) / TIMES
    ms = round(1000 * median(seconds), 1)
    return {"queries": len(asked), "ms": ms, "cpu_ms": round(1000 * spent, 1)}


def spent_seconds() -> float:
    """Of this process and the one of the database that works for it, on the same machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    spent = Path(f"/proc/{pid}/schedstat").read_text().split()[0]  # in nanoseconds
    return time.process_time() + int(spent) / 1e9


def table(found: dict[str, dict[str, Any]]) -> str:
    """For docs/benchmarks.md."""
    if not found:
        return ""
    sizes = [f"{int(n):,} answers, ms | of the processor" for n in found]
    lines = ["| page | queries | " + " | ".join(sizes) + " |", "|---" * (2 * len(found) + 2) + "|"]
    for name, first in next(iter(found.values()))["pages"].items():
        each = [one["pages"][name] for one in found.values()]
        cells = [f"{cell['ms']:.0f} | {cell['cpu_ms']:.0f}" for cell in each]
        lines.append(f"| {name} | {first['queries']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def too_slow(found: dict[str, dict[str, Any]]) -> list[str]:
    """The pages that take more than LIMIT."""
    return [
        f"{int(answers):,} answers, {name}: {page['ms']} ms"
        for answers, one in found.items()
        for name, page in one["pages"].items()
        if page["ms"] > LIMIT
    ]
