"""A conversation with a real model through a worker: loaded once, and gone for another job."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from jobs.models import Job
from labeling.assigning import claim_next
from labeling.exchanges import Choice
from labeling.models import Assignment, Project
from labeling.submitting import submit
from registry.services import register_folder
from rounds.models import Round
from rounds.replying import asking
from tests.factories import make_task
from training import tiny
from training.artifacts import write_folder
from workers import runner

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def until(found: Callable[[], Any], seconds: float = 90) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := found():
            return value
        time.sleep(0.1)
    pytest.fail("nothing came")


def work(job: Job) -> threading.Thread:
    """A worker, until the job ends."""

    def run() -> None:
        try:
            runner.run(job.pk, worker="test")
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_two_turns_with_one_process(project: Project, ada: User, tmp_path: Path) -> None:
    write_folder(tmp_path / "tiny", tiny.write)
    base = register_folder(folder=tmp_path / "tiny", kind="base", name="tiny")
    plan = {"temperature": 1.0, "max_new_tokens": 8}
    Round.objects.create(project=project, number=1, writer=base, plan=plan)
    make_task(project, "dialogue")
    found = claim_next(project=project, annotator=ada)
    assert found is not None

    def ask(number: int, message: str = "", choice: Choice | None = None) -> None:
        said = {"number": number, "message": message, "choice": choice}
        asking.ask(assignment=found, project=project, annotator=ada, **said)

    def answered(number: int) -> bool:
        return found.exchanges.filter(number=number, state="answered").exists()

    ask(0)
    job = Job.objects.get()
    worker = work(job)
    until(lambda: answered(0))
    ask(1, "And a large one?", Choice(better="A", strength=3))
    until(lambda: answered(1), 30)
    assert Job.objects.get().state == "running"
    queued = timezone.now() - timedelta(minutes=1)
    Job.objects.create(kind="generate", queue="gpu", queued_at=queued)
    worker.join(60)
    assert not worker.is_alive()

    job.refresh_from_db()
    assert (job.state, job.attempt, job.result["replies"]) == ("succeeded", 1, 4)
    assert not (job.folder / "trainer").exists()  # no conversation stays on the disk
    given = submit(
        assignment=Assignment.objects.get(pk=found.pk),
        body={"turns": 2, "choice": {"better": None, "strength": 0, "both_bad": True}},
        client_key=found.client_key,
        active_seconds=60,
    )
    turns = list(found.exchanges.order_by("number"))
    assert [turn["replies"] for turn in given.body["turns"]] == [turn.replies for turn in turns]
    assert given.body["turns"][0]["better"] == turns[0].order[0]
    assert [len(turn.replies) for turn in turns] == [2, 2]
