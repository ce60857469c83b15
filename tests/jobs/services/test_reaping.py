"""What was lost is found: dead workers, messages that never came."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from jobs import services
from jobs.models import Job
from jobs.services import reaping

pytestmark = pytest.mark.django_db


@pytest.fixture
def broker(monkeypatch):
    """Counts of messages per queue, and the ids sent."""
    waiting = {"default": 0, "gpu": 0}
    sent: list[int] = []
    monkeypatch.setattr(reaping, "messages_waiting", lambda queue: waiting[queue])
    monkeypatch.setattr(reaping, "nudge", lambda jobs: sent.extend(job.pk for job in jobs))
    return waiting, sent


def enqueue(*, seconds_ago=60):
    job = services.enqueue(kind="echo", payload={})
    Job.objects.filter(pk=job.pk).update(queued_at=Now() - timedelta(seconds=seconds_ago))
    return job


def lose(job):
    Job.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))


def test_messages_of_jobs_that_wait_too_long_are_sent_again(broker):
    forgotten, _fresh = enqueue(), enqueue(seconds_ago=0)

    assert services.reap() == [forgotten]
    assert broker[1] == [forgotten.pk]


def test_nothing_is_sent_while_the_queue_holds_a_message_for_each(broker):
    enqueue()
    broker[0]["default"] = 1

    assert services.reap() == []


def test_a_job_of_a_dead_worker_is_sent_again_and_a_live_one_left_alone(broker):
    lost, live = enqueue(), enqueue()
    services.claim(job_id=lost.pk, worker="dead")
    services.claim(job_id=live.pk, worker="alive")
    lose(lost)

    assert services.reap() == [lost]


def test_a_job_lost_three_times_ends_as_poison(broker):
    job = enqueue()
    for _ in range(3):
        services.claim(job_id=job.pk, worker="dead")
        lose(job)

    assert services.reap() == []
    job.refresh_from_db()
    assert (job.state, job.error_code) == ("failed", "poison")


def test_a_lost_job_that_shall_be_cancelled_is_cancelled(broker):
    job = enqueue()
    services.claim(job_id=job.pk, worker="dead")
    services.request_cancel(job=job, by=None)
    lose(job)

    assert services.reap() == []
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_a_broker_that_is_down_disturbs_nobody(broker, monkeypatch):
    def refuse(queue):
        raise OperationalError("connection refused")

    monkeypatch.setattr(reaping, "messages_waiting", refuse)
    job = enqueue()

    assert services.reap() == []
    job.refresh_from_db()
    assert job.state == "queued"
