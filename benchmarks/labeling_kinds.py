"""What one answer of each kind costs: the submit with the next task, and the page.

    make bench-labeling
    make bench-labeling ARGS="--sizes --answers"      # alone, some two minutes

One annotator without a pause, in this process, against the product's database. Each kind has a
project of its own, of tasks about as many completions of 80 words as its rounds ask for; what is
answered is what a simulated annotator would say. A kind whose annotators nobody can simulate, as
they talk with a model, is left out. It is part of results/labeling.json:

submit_ms   from the answer to the next task, rendered: p50, p95, p99
page_ms     of the task's page, the same
cpu_ms      processor time of this process and its database for one answer
"""

import logging
import random
import secrets
import time
from typing import Any
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from benchmarks.labeling_pages import spent_seconds
from benchmarks.labeling_seed import SENTENCE
from benchmarks.labeling_speed import percentiles
from labeling.kinds import kinds
from labeling.kinds.base import AnnotationKind
from labeling.kinds.simulation import Habits, Simulated
from labeling.models import Assignment, Completion, Membership, Project, Prompt
from labeling.projects import create_project
from labeling.tasks import open_tasks

ANSWERS, WARM_UP = 200, 20
PAGE_EVERY = 4  # answers
TEXT = SENTENCE * 5 + "Serve warm."
RUBRIC = [{"text": "Says for how long.", "points": 5}, {"text": "Is rude.", "points": -3}]


def measure() -> dict[str, Any]:
    """Kind -> its figures."""
    logging.getLogger("labeling").setLevel(logging.WARNING)  # no line for each answer
    return {name: found for name, kind in kinds().items() if (found := _measure(kind))}


def _measure(kind: AnnotationKind) -> dict[str, Any] | None:
    project = _project(kind)
    person = User.objects.create_user(f"{secrets.token_hex(6)}@example.invalid", name="Bench")
    Membership.objects.create(project=project, user=person)
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(person)
    submits: list[float] = []
    pages: list[float] = []
    spent = 0.0
    for number in range(WARM_UP + ANSWERS):
        client.get(reverse("label_next", args=[project.slug]))  # holds one, or takes one
        held = Assignment.objects.get(annotator=person, state=Assignment.State.ACTIVE)
        body = kind.simulate(held.task, _somebody())
        if body is None:
            return None
        page = reverse("assignment", args=[project.slug, held.pk])
        sent = {"body": body, "client_key": str(uuid4()), "active_seconds": 3}
        sent["guideline_version"] = project.guideline_version
        before = spent_seconds()
        began = time.perf_counter()
        answer = client.post(page, sent, content_type="application/json")
        took = time.perf_counter() - began
        if answer.status_code != 201:
            raise SystemExit(f"{kind.name}: {answer.status_code} {answer.content[:300]!r}")
        if number < WARM_UP:
            continue
        submits.append(took)
        spent += spent_seconds() - before
        if number % PAGE_EVERY == 0:
            following = answer.json()["next"]
            began = time.perf_counter()
            client.get(following)
            pages.append(time.perf_counter() - began)
    return {
        "submit_ms": percentiles(submits),
        "page_ms": percentiles(pages),
        "cpu_ms": round(1000 * spent / ANSWERS, 1),
    }


def _project(kind: AnnotationKind) -> Project:
    slug = f"kind-{kind.name}-{secrets.token_hex(3)}"
    project = create_project(name=slug, slug=slug, by=None, overlap=1, is_simulated=False)
    shown = kind.completions.usual or kind.completions.most
    for number in range(WARM_UP + ANSWERS + 1):
        messages = [{"role": "user", "content": f"How do I boil egg number {number}?"}]
        rubric = RUBRIC if kind.reads_rubric else []
        prompt = Prompt.objects.create(project=project, messages=messages, rubric=rubric)
        texts = [
            Completion.objects.create(prompt=prompt, text=f"{place} of {number}. {TEXT}")
            for place in range(shown or 1)
        ]
        asked: dict[str, Any] = {"groups": [texts]} if shown else {"prompts": [prompt]}
        open_tasks(project=project, kind=kind.name, **asked)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return project


def _somebody() -> Simulated:
    return Simulated(gold=_longest, habits=Habits(), rng=random.Random(0))


def _longest(prompt: str, text: str, *, finished: bool) -> float:
    """A gold that puts no text below what is worth showing."""
    return 1.0 + len(text)


def table(found: dict[str, dict[str, Any]]) -> str:
    """For docs/benchmarks.md."""
    lines = [
        "| kind | submit to next, p50 / p95 / p99 | page, p50 / p95 / p99 | CPU an answer |",
        "|---|---|---|---|",
    ]
    for name, cell in found.items():
        submit, page = (
            " / ".join(f"{ms:.0f}" for ms in cell[part].values())
            for part in ("submit_ms", "page_ms")
        )
        lines.append(f"| {name} | {submit} ms | {page} ms | {cell['cpu_ms']} ms |")
    return "\n".join(lines) if found else ""
