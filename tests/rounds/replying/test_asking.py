"""A turn is asked once, and exactly one process is called for it."""

import pytest

from core.errors import ConflictError
from jobs import services as jobs
from jobs.models import Job
from labeling.assigning import claim_next
from labeling.models import Assignment, Exchange
from rounds.models import Round
from rounds.replying import asking
from tests.factories import make_task
from tests.labeling.talking import answer

pytestmark = pytest.mark.django_db


@pytest.fixture
def found(first_round, ada) -> Assignment:
    make_task(first_round.project, "dialogue")
    assignment = claim_next(project=first_round.project, annotator=ada)
    assert assignment is not None
    return assignment


def ask(found: Assignment, number: int = 0, message: str = "", choice=None) -> Exchange:
    return asking.ask(
        assignment=found,
        project=found.task.project,
        annotator=found.annotator,
        number=number,
        message=message,
        choice=choice,
    )


def test_the_rounds_model_is_asked_and_a_job_is_queued_for_it(found, base) -> None:
    asked = ask(found)

    assert (asked.version, asked.state) == (base, "waiting")
    job = Job.objects.get()
    assert (job.kind, job.queue, job.payload) == ("reply", "gpu", {"version": base.pk})


def test_asked_again_it_is_the_same_turn_and_the_same_job(found) -> None:
    assert ask(found) == ask(found)
    assert (Exchange.objects.count(), Job.objects.count()) == (1, 1)


def test_a_job_that_runs_finds_by_itself_what_is_asked(found, first_round, bob) -> None:
    ask(found)
    jobs.claim(job_id=Job.objects.get().pk, worker="w")
    make_task(first_round.project, "dialogue")
    other = claim_next(project=first_round.project, annotator=bob)

    ask(other)

    assert Job.objects.count() == 1


def test_what_is_answered_calls_nobody(found) -> None:
    answer(ask(found))
    Job.objects.all().delete()

    ask(found)

    assert not Job.objects.exists()


def test_a_task_of_no_round_has_nobody_to_talk_to(found) -> None:
    Round.objects.all().delete()

    with pytest.raises(ConflictError, match="belongs to no round"):
        ask(found)
