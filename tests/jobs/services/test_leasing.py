"""Claims and leases: who has a job, and for how long."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from core.errors import AlreadyClaimedError, StaleEpochError
from jobs import services
from jobs.models import Job
from training.contract.events import Event, Log

pytestmark = pytest.mark.django_db


@pytest.fixture
def job():
    return services.enqueue(kind="echo", payload={})


def lose(job):
    """Let the lease of `job` run out."""
    Job.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))


def test_claim_takes_a_queued_job_once(job):
    held = services.claim(job_id=job.pk, worker="first")

    assert (held.state, held.epoch, held.attempt, held.lease_owner) == ("running", 1, 1, "first")
    with pytest.raises(AlreadyClaimedError):
        services.claim(job_id=job.pk, worker="second")


def test_claim_takes_over_a_job_whose_lease_is_dead(job):
    services.claim(job_id=job.pk, worker="first")
    lose(job)

    held = services.claim(job_id=job.pk, worker="second")

    assert (held.epoch, held.attempt, held.lease_owner) == (2, 2, "second")
    assert held.events.latest("id").data == {
        "state": "running",
        "attempt": 2,
        "reason": "attempt 2 on second",
        "said": {"template": "attempt {n} on {worker}", "values": {"n": 2, "worker": "second"}},
    }


def test_claim_refuses_a_waiting_a_cancelled_and_a_missing_job(job):
    waiting = services.enqueue(kind="echo", payload={}, after=job)
    cancelled = services.enqueue(kind="echo", payload={})
    services.request_cancel(job=cancelled, by=None)

    for pk in (waiting.pk, cancelled.pk, 0):
        with pytest.raises(AlreadyClaimedError):
            services.claim(job_id=pk, worker="w")


def test_claim_refuses_a_job_that_used_up_its_attempts(job):
    for attempt in range(1, 4):
        assert services.claim(job_id=job.pk, worker="w").attempt == attempt
        lose(job)

    with pytest.raises(AlreadyClaimedError):
        services.claim(job_id=job.pk, worker="w")


def test_heartbeat_renews_the_lease(job):
    held = services.claim(job_id=job.pk, worker="w")
    lose(job)

    assert services.heartbeat(job=held) is False
    assert not Job.objects.with_dead_lease().exists()


def test_every_write_of_a_worker_that_lost_its_job_is_refused(job):
    zombie = services.claim(job_id=job.pk, worker="zombie")
    lose(job)
    services.claim(job_id=job.pk, worker="heir")

    event = Event(n=1, seconds=0.1, data=Log(level="info", text="boo"))
    for write in (
        lambda: services.heartbeat(job=zombie),
        lambda: services.is_cancel_requested(job=zombie),
        lambda: services.record(job=zombie, events=[event]),
        lambda: services.log(job=zombie, text="boo"),
        lambda: services.succeed(job=zombie, result={}),
        lambda: services.fail(job=zombie, code="crash", message="boo"),
        lambda: services.cancel(job=zombie),
        lambda: services.release(job=zombie, reason="boo"),
        lambda: services.abandon(job=zombie, reason="boo"),
    ):
        with pytest.raises(StaleEpochError):
            write()

    job.refresh_from_db()
    assert (job.state, job.lease_owner) == ("running", "heir")
    assert not job.events.filter(kind="log").exists()


def test_a_release_and_claim_by_the_same_worker_leaves_the_old_claim_stale(job):
    old = services.claim(job_id=job.pk, worker="w")
    services.release(job=old, reason="leaving")
    services.claim(job_id=job.pk, worker="w")

    with pytest.raises(StaleEpochError):
        services.succeed(job=old, result={})
