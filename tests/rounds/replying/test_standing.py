"""What somebody who waits is told."""

import pytest

from jobs.models import Job, Worker
from labeling.assigning import claim_next
from labeling.models import Exchange
from rounds.replying import asking
from rounds.replying.standing import standing
from tests.factories import make_task
from tests.labeling.talking import answer

pytestmark = pytest.mark.django_db


@pytest.fixture
def turn(first_round, ada) -> Exchange:
    make_task(first_round.project, "dialogue")
    found = claim_next(project=first_round.project, annotator=ada)
    assert found is not None
    beside = {"annotator": ada, "number": 0, "message": "", "choice": None}
    return asking.ask(assignment=found, project=first_round.project, **beside)


def worker() -> None:
    Worker.objects.create(name="gpu@here:1", queues=["gpu"], release="1")


def test_nobody_waits(turn) -> None:
    assert standing(None) == ""
    assert standing(answer(turn)) == ""


def test_no_machine(turn) -> None:
    assert standing(turn).startswith("No machine for models is running.")


def test_a_machine_that_takes_nothing(turn) -> None:
    worker()
    Job.objects.filter(kind="reply").update(error_code="other_version")
    assert standing(turn).startswith("The machine for models does not take it")


def test_a_machine_that_is_free(turn) -> None:
    worker()
    assert standing(turn) == "The model is being called…"


def test_a_machine_that_is_busy_with_what_and_for_how_long(turn) -> None:
    worker()
    busy = {"queue": "gpu", "state": "running", "lease_until": "2099-01-01T00:00Z"}
    job = Job.objects.create(kind="generate", **busy)
    assert "is busy: Generation. What you wrote is kept" in standing(turn)
    job.eta_seconds = 1800
    job.save()

    assert "is busy for about 30 min: Generation." in standing(turn)


def test_the_model_is_loaded_and_then_writes(turn) -> None:
    worker()
    job = Job.objects.filter(kind="reply")
    job.update(state="running", lease_until="2099-01-01T00:00Z")
    assert standing(turn).startswith("The model is being loaded")
    job.update(phase="reply")

    assert standing(turn) == "The model is writing two replies…"
