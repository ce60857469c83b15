"""Each job ends exactly once, and the next in the chain hears of it."""

import pytest

from core.errors import StaleEpochError
from jobs import services
from jobs.models import Job
from jobs.words import ERRORS

pytestmark = pytest.mark.django_db


@pytest.fixture
def job():
    return services.enqueue(kind="echo", payload={})


@pytest.fixture
def held(job):
    return services.claim(job_id=job.pk, worker="w")


def test_succeed_keeps_the_result_and_queues_the_follower(
    job, held, nudged, django_capture_on_commit_callbacks
):
    follower = services.enqueue(kind="echo", payload={}, after=job)

    with django_capture_on_commit_callbacks(execute=True):
        services.succeed(job=held, result={"loss": 1.5})

    job.refresh_from_db()
    follower.refresh_from_db()
    assert (job.state, job.result, job.lease_until) == ("succeeded", {"loss": 1.5}, None)
    assert job.finished_at is not None
    assert follower.state == "queued"
    assert nudged == [follower.pk]


def test_succeed_and_what_it_completes_are_one_transaction(job, held):
    def complete():
        Job.objects.create(kind="echo", queue="default")
        raise ValueError("half-way")

    with pytest.raises(ValueError, match="half-way"):
        services.succeed(job=held, result={}, complete=complete)

    job.refresh_from_db()
    assert job.state == "running"
    assert Job.objects.count() == 1


def test_succeed_after_a_cancel_was_asked_for_ends_as_cancelled_and_completes_nothing(job, held):
    services.request_cancel(job=job, by=None)
    completed = []

    services.succeed(job=held, result={}, complete=lambda: completed.append(1))

    job.refresh_from_db()
    assert (job.state, completed) == ("cancelled", [])


def test_fail_names_the_error_and_cancels_the_follower(job, held):
    follower = services.enqueue(kind="echo", payload={}, after=job)

    services.fail(job=held, code="diverged", message="the loss is not finite")

    job.refresh_from_db()
    follower.refresh_from_db()
    assert (job.state, job.error_code, job.error) == (
        "failed",
        "diverged",
        "the loss is not finite",
    )
    assert (follower.state, follower.error) == (
        "cancelled",
        "the stage before (echo) did not succeed",
    )


def test_an_ended_job_does_not_end_again(job, held):
    services.succeed(job=held, result={})

    with pytest.raises(StaleEpochError):
        services.fail(job=held, code="crash", message="late")
    with pytest.raises(StaleEpochError):
        services.cancel(job=held)


def test_release_uses_no_attempt(job, held, nudged, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        services.release(job=held, reason="the worker leaves")

    job.refresh_from_db()
    assert (job.state, job.attempt, job.lease_owner, job.lease_until) == ("queued", 0, "", None)
    assert nudged == [job.pk]


def test_abandon_uses_the_attempt_and_the_third_ends_the_job(job):
    for _ in range(3):
        held = services.claim(job_id=job.pk, worker="w")
        services.abandon(job=held, reason="killed")

    job.refresh_from_db()
    assert (job.state, job.error_code) == ("failed", "poison")
    assert job.error == "stopped after 3 attempts, the last one: killed"


def test_abandon_ends_the_job_with_the_code_that_says_why(job):
    for _ in range(3):
        held = services.claim(job_id=job.pk, worker="w")
        services.abandon(job=held, reason="it hung", code="stalled")

    job.refresh_from_db()
    assert (job.state, job.error_code) == ("failed", "stalled")
    assert job.error == "stopped after 3 attempts, the last one: it hung"
    assert job.explanation == str(ERRORS["stalled"])


@pytest.mark.parametrize("give_back", [services.release, services.abandon])
def test_giving_back_a_job_that_shall_be_cancelled_cancels_it(job, held, give_back):
    services.request_cancel(job=job, by=None)

    give_back(job=held, reason="gone")

    job.refresh_from_db()
    assert job.state == "cancelled"


def test_each_change_of_state_is_told_once(job, held):
    services.release(job=held, reason="the worker leaves")
    services.succeed(job=services.claim(job_id=job.pk, worker="v"), result={})

    told = [event.data for event in job.events.order_by("id")]
    assert told == [
        {"state": "queued", "attempt": 0, "reason": ""},
        {"state": "running", "attempt": 1, "reason": ""},
        {"state": "queued", "attempt": 0, "reason": "the worker leaves"},
        {"state": "running", "attempt": 1, "reason": ""},
        {"state": "succeeded", "attempt": 1, "reason": ""},
    ]


@pytest.mark.parametrize("way", [services.fail, services.succeed])
def test_what_postgres_cannot_hold_of_an_end_is_replaced(held, way):
    """A model samples NUL; a hostile model folder has it in its names."""
    if way is services.fail:
        services.fail(job=held, code="bad_input", message="a\x00b\ud800")
    else:
        services.succeed(job=held, result={"sample": "a\x00b\ud800"})

    held.refresh_from_db()
    assert (held.error, held.result) in [
        ("a\ufffdb?", {}),
        ("", {"sample": "a\ufffdb?"}),
    ]
