"""The clock of a worker or of the web server may be wrong: leases are on the database's clock."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from jobs import services
from jobs.fleet import fleet
from jobs.models import Job
from labeling import slots
from labeling.assigning import claim_next
from labeling.models import Assignment
from tests.factories import make_member, make_project, make_task

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[-10, 10], ids=["slow", "fast"])
def jump(request, monkeypatch):
    """From the call on, this process's clock is ten minutes off."""
    now, seconds = timezone.now, time.time

    def jump():
        offset = timedelta(minutes=request.param)
        monkeypatch.setattr(timezone, "now", lambda: now() + offset)
        monkeypatch.setattr(time, "time", lambda: seconds() + offset.total_seconds())

    return jump


def test_a_worker_with_a_wrong_clock_keeps_its_job_and_takes_no_others(jump):
    held = services.claim(job_id=services.enqueue(kind="echo", payload={}).pk, worker="a@x:1")
    services.report(name="a@x:1", queues=["default"])

    jump()

    assert services.heartbeat(job=held) is False
    assert not Job.objects.with_dead_lease().exists()
    assert not Job.objects.claimable().exists()
    assert [worker.name for worker in fleet().workers] == ["a@x:1"]
    services.succeed(job=held, result={})
    ended = Job.objects.get(pk=held.pk)
    assert ended.created_at <= ended.started_at <= ended.finished_at
    assert list(ended.events.order_by("id").values_list("data__state", flat=True)) == [
        *("queued", "running", "succeeded"),
    ]


def test_a_reservation_neither_ends_early_nor_late(jump):
    project = make_project()
    make_task(project)
    claim_next(project=project, annotator=make_member(project))

    jump()

    assert slots.expire_everywhere() == 0
    Assignment.objects.update(lease_until="2020-01-01T00:00Z")
    assert slots.expire_everywhere() == 1
