"""Queueing, cancelling and retrying jobs."""

import pytest

from core.errors import ConflictError
from jobs import services
from jobs.models import Job
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def states(*jobs):
    return [Job.objects.get(pk=job.pk).state for job in jobs]


def told(job):
    return [event.data["state"] for event in job.events.order_by("id")]


def enqueue(**fields):
    return services.enqueue(kind="echo", payload={"n": 1}, **fields)


def test_enqueue_stores_a_queued_job_and_nudges_after_commit(
    nudged, django_capture_on_commit_callbacks
):
    ada = make_user("Ada")
    with django_capture_on_commit_callbacks(execute=True):
        job = enqueue(created_by=ada)
        assert nudged == []

    assert nudged == [job.pk]
    job.refresh_from_db()
    assert (job.state, job.queue, job.payload, job.created_by) == (
        "queued",
        "default",
        {"n": 1},
        ada,
    )
    assert told(job) == ["queued"]


def test_enqueue_after_a_job_waits_for_it(nudged, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first = enqueue()
        second = enqueue(after=first)

    assert states(first, second) == ["queued", "waiting"]
    assert nudged == [first.pk]


def test_enqueue_after_a_succeeded_job_is_queued_at_once():
    first = enqueue()
    services.succeed(job=services.claim(job_id=first.pk, worker="w"), result={})

    assert enqueue(after=first).state == "queued"


def test_enqueue_after_a_failed_job_is_refused():
    first = enqueue()
    services.fail(job=services.claim(job_id=first.pk, worker="w"), code="crash", message="no")

    with pytest.raises(ConflictError):
        enqueue(after=first)


def test_enqueue_of_an_unknown_kind_is_refused():
    with pytest.raises(KeyError):
        services.enqueue(kind="unheard of", payload={})


def test_cancel_ends_a_queued_job_and_what_waits_for_it():
    first = enqueue()
    second = enqueue(after=first)
    third = enqueue(after=second)

    services.request_cancel(job=first, by=make_user("Ada"))

    assert states(first, second, third) == ["cancelled"] * 3
    second.refresh_from_db()
    assert second.error_code == "step_before"


def test_cancel_asks_the_worker_of_a_running_job():
    job = enqueue()
    held = services.claim(job_id=job.pk, worker="w")
    assert services.heartbeat(job=held) is False

    services.request_cancel(job=job, by=None)

    assert states(job) == ["running"]
    assert services.heartbeat(job=held) is True


def test_cancel_of_an_ended_job_is_refused():
    job = enqueue()
    services.request_cancel(job=job, by=None)

    with pytest.raises(ConflictError):
        services.request_cancel(job=job, by=None)


def test_retry_queues_a_failed_job_afresh_and_its_followers_wait_again(
    nudged, django_capture_on_commit_callbacks
):
    first = enqueue()
    second = enqueue(after=first)
    third = enqueue(after=second)
    services.fail(job=services.claim(job_id=first.pk, worker="w"), code="crash", message="no")
    assert states(first, second, third) == ["failed", "cancelled", "cancelled"]

    with django_capture_on_commit_callbacks(execute=True):
        job = services.retry(job=first, by=make_user("Ada"))

    assert states(first, second, third) == ["queued", "waiting", "waiting"]
    assert nudged == [first.pk]
    job.refresh_from_db()
    assert (job.attempt, job.error_code, job.error, job.finished_at) == (0, "", "", None)


@pytest.mark.parametrize("state", ["queued", "running", "succeeded"])
def test_retry_of_a_job_that_did_not_fail_is_refused(state):
    job = enqueue()
    if state != "queued":
        held = services.claim(job_id=job.pk, worker="w")
        if state == "succeeded":
            services.succeed(job=held, result={})

    with pytest.raises(ConflictError):
        services.retry(job=job, by=None)


def test_retry_of_a_job_whose_step_before_failed_is_refused():
    first = enqueue()
    second = enqueue(after=first)
    services.request_cancel(job=first, by=None)

    with pytest.raises(ConflictError):
        services.retry(job=second, by=None)
