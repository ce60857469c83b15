"""A worker that cannot do a job leaves it to those that can; where there is none, the job fails."""

import pytest

from core.errors import AlreadyClaimedError
from jobs import services
from jobs.models import Job
from jobs.words import ERRORS

pytestmark = pytest.mark.django_db


@pytest.fixture
def job():
    return services.enqueue(kind="echo", payload={})


def states(job):
    return [(event.data["state"], event.data["reason"]) for event in job.events.order_by("id")]


def test_a_worker_of_another_version_says_so_once_and_the_job_waits(job):
    for _ in range(2):
        services.decline(job_id=job.pk, worker="gpu@a:1", reason="it is Rondo 9.9")

    job.refresh_from_db()
    said = "gpu@a:1 does not take it: it is Rondo 9.9"
    assert states(job) == [("queued", ""), ("queued", said)]
    assert (job.state, job.attempt, job.error) == ("queued", 0, said)
    assert job.explanation == str(ERRORS["other_version"])

    held = services.claim(job_id=job.pk, worker="gpu@b:1")
    assert (held.attempt, held.error_code, held.error) == (1, "", "")


def test_a_job_that_another_worker_has_is_not_declined(job):
    services.claim(job_id=job.pk, worker="gpu@b:1")

    services.decline(job_id=job.pk, worker="gpu@a:1", reason="it is Rondo 9.9")

    job.refresh_from_db()
    assert (job.state, job.declined) == ("running", {})


def test_a_worker_without_the_files_leaves_the_job_to_the_others(job):
    for name in ("w@a:1", "w@b:1"):
        services.report(name=name, queues=["default"])
    services.report(name="w@c:1", queues=["gpu"])  # of no use for this job
    held = services.claim(job_id=job.pk, worker="w@a:1")

    services.pass_on(job=held, reason="no policy v2 here")

    job.refresh_from_db()
    assert (job.state, job.attempt, job.error_code) == ("queued", 0, "missing_files")
    assert job.error == "w@a:1: no policy v2 here"
    with pytest.raises(AlreadyClaimedError):
        services.claim(job_id=job.pk, worker="w@a:1")

    held = services.claim(job_id=job.pk, worker="w@b:1")
    services.pass_on(job=held, reason="no policy v2 here")

    job.refresh_from_db()
    assert (job.state, job.error_code, job.error) == (
        "failed",
        "missing_files",
        "no policy v2 here",
    )
    assert job.explanation == str(ERRORS["missing_files"])


def test_a_retry_asks_everybody_again(job):
    held = services.claim(job_id=job.pk, worker="w@a:1")
    services.pass_on(job=held, reason="no policy v2 here")
    job.refresh_from_db()
    assert job.state == Job.State.FAILED

    services.retry(job=job, by=None)

    held = services.claim(job_id=job.pk, worker="w@a:1")
    assert (held.attempt, held.declined) == (1, {})


def test_a_cancelled_job_is_not_passed_on(job):
    services.report(name="w@b:1", queues=["default"])
    held = services.claim(job_id=job.pk, worker="w@a:1")
    services.request_cancel(job=held, by=None)

    services.pass_on(job=held, reason="no policy v2 here")

    job.refresh_from_db()
    assert job.state == "cancelled"
