"""The job that stays, without its process: what it passes on, stores, and when it goes."""

import os
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from jobs import services as jobs
from jobs.models import Job
from labeling.assigning import claim_next, skip
from labeling.models import Assignment, Exchange, Preamble
from registry.services import register_folder
from rounds.models import Round
from rounds.replying import asking
from rounds.replying.handler import Reply
from tests.factories import make_task
from tests.labeling.talking import answer
from tests.rounds.worker import write_model
from training.contract.mailbox import Mailbox

pytestmark = pytest.mark.django_db
HANDLER = Reply()
TWO = [
    {"text": "Six minutes.", "tokens": 4, "finish_reason": "stop"},
    {"text": "An hour\x00.", "tokens": 8, "finish_reason": "length"},
]


@pytest.fixture
def first_round(project, tmp_path) -> Round:
    base = register_folder(folder=write_model(tmp_path / "base"), kind="base", name="base")
    plan = {"temperature": 0.7, "max_new_tokens": 40}
    return Round.objects.create(project=project, number=1, writer=base, plan=plan)


@pytest.fixture
def found(first_round, ada) -> Assignment:
    preamble = Preamble.objects.create(
        project=first_round.project,
        number=1,
        messages=[{"role": "system", "content": "Be brief."}],
    )
    make_task(first_round.project, "dialogue", preamble=preamble)
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


def begun() -> tuple[Job, Mailbox]:
    """The job in the hands of a worker, its folder prepared."""
    job = jobs.claim(job_id=Job.objects.get(kind="reply").pk, worker="w")
    spec = HANDLER.prepare(job, job.folder)
    assert spec.model.endswith(Exchange.objects.earliest("pk").version.uri)
    return job, Mailbox(job.folder)


def test_a_turn_is_passed_on_with_the_whole_conversation(found) -> None:
    first = answer(ask(found))
    second = ask(found, 1, "And a large one?", asking.exchanges.Choice(better="B", strength=1))
    job, mailbox = begun()

    HANDLER.follow(job, job.folder)
    HANDLER.follow(job, job.folder)

    assert mailbox.asked() == {
        second.pk: {
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": found.task.prompt.last_text},
                {"role": "assistant", "content": "An hour."},
                {"role": "user", "content": "And a large one?"},
            ],
            "given": "",
            "seeds": second.seeds,
            "max_new_tokens": 40,
            "temperature": 0.7,
        }
    }
    assert first.seeds != second.seeds


def test_replies_are_stored_and_leave_the_folder(found) -> None:
    turn = ask(found)
    job, mailbox = begun()
    HANDLER.follow(job, job.folder)
    mailbox.reply(turn.pk, {"replies": TWO})

    HANDLER.follow(job, job.folder)

    turn.refresh_from_db()
    assert turn.state == "answered"
    assert turn.replies == [
        {"text": "Six minutes.", "finish_reason": "stop"},
        {"text": "An hour\ufffd.", "finish_reason": "length"},
    ]
    assert (mailbox.asked(), mailbox.replied()) == ({}, {})


def test_what_the_model_cannot_take_is_said(found) -> None:
    turn = ask(found)
    job, mailbox = begun()
    mailbox.reply(turn.pk, {"problem": "too_long"})

    HANDLER.follow(job, job.folder)

    turn.refresh_from_db()
    assert (turn.state, turn.problem) == ("failed", "too_long")


def test_a_skipped_task_is_not_passed_on(found) -> None:
    ask(found)
    job, mailbox = begun()
    skip(assignment=found, reason="other: late")

    HANDLER.follow(job, job.folder)

    assert mailbox.asked() == {}


def quiet_for(mailbox: Mailbox, seconds: float) -> None:
    for folder in (mailbox.requests, mailbox.replies):
        now = folder.stat().st_mtime
        os.utime(folder, (now - seconds, now - seconds))


def test_it_goes_when_nobody_has_asked_for_minutes(found) -> None:
    answer(ask(found))
    job, mailbox = begun()
    quiet_for(mailbox, 200)
    HANDLER.follow(job, job.folder)
    assert not mailbox.is_closed
    quiet_for(mailbox, 200)

    HANDLER.follow(job, job.folder)

    assert mailbox.is_closed


def test_it_stays_for_who_waits_and_then_goes_for_another_job(found) -> None:
    turn = ask(found)
    job, mailbox = begun()
    other = Job.objects.create(kind="generate", queue="gpu")
    HANDLER.follow(job, job.folder)
    assert not mailbox.is_closed
    mailbox.reply(turn.pk, {"replies": TWO})
    HANDLER.follow(job, job.folder)
    assert not mailbox.is_closed  # another worker may be taking it right now
    Job.objects.filter(pk=other.pk).update(queued_at=Now() - timedelta(seconds=6))

    HANDLER.follow(job, job.folder)

    assert mailbox.is_closed


def test_who_asked_while_it_went_gets_another_process(found) -> None:
    turn = ask(found)
    job, mailbox = begun()
    mailbox.close()
    HANDLER.follow(job, job.folder)
    assert mailbox.asked() == {}

    jobs.succeed(job=job, result={}, complete=lambda: HANDLER.complete(job, job.folder, {}))

    following = Job.objects.exclude(pk=job.pk).get()
    assert (following.kind, following.state, following.payload) == ("reply", "queued", job.payload)
    turn.refresh_from_db()
    assert turn.state == "waiting"


def test_the_last_replies_are_stored_with_its_end(found) -> None:
    turn = ask(found)
    job, mailbox = begun()
    mailbox.reply(turn.pk, {"replies": TWO})

    jobs.succeed(job=job, result={}, complete=lambda: HANDLER.complete(job, job.folder, {}))

    turn.refresh_from_db()
    assert turn.state == "answered"
    assert Job.objects.count() == 1


def test_where_it_fails_those_who_wait_are_told_and_may_ask_again(found) -> None:
    turn = ask(found)
    job, _mailbox = begun()
    jobs.fail(job=job, code="out_of_memory", message="out of memory")
    turn.refresh_from_db()
    assert (turn.state, turn.problem) == ("failed", "out_of_memory")

    again = ask(found)

    assert (again.pk, again.state, again.problem) == (turn.pk, "waiting", "")
    assert Job.objects.filter(state="queued").count() == 1


def test_a_worker_that_is_lost_loses_nothing(found) -> None:
    turn = ask(found)
    job, mailbox = begun()
    HANDLER.follow(job, job.folder)
    jobs.release(job=job, reason="the worker was asked to leave")
    job, mailbox = begun()
    assert mailbox.asked() == {}

    HANDLER.follow(job, job.folder)

    assert list(mailbox.asked()) == [turn.pk]
