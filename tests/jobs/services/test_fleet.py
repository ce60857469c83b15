"""A worker of another version than the database, or than the job's maker, takes no job."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db.models.functions import Now

from core.release import own_release
from jobs import services
from jobs.fleet import fleet
from jobs.models import Job, Release, Worker

pytestmark = pytest.mark.django_db


def prepare_for(name):
    return Release.objects.create(name=name)


def test_whoever_migrates_says_of_which_version_the_database_is():
    prepare_for("0.0 (another)")

    call_command("migrate", verbosity=0)
    call_command("migrate", verbosity=0)

    names = list(Release.objects.order_by("-pk").values_list("name", flat=True)[:2])
    assert names == [own_release(), "0.0 (another)"]


def test_nothing_is_odd_where_all_is_of_one_version():
    services.report(name="gpu@here:1", queues=["gpu"])

    assert services.misfit() == services.misfit(services.enqueue(kind="echo", payload={})) == ""
    assert not fleet().is_odd
    assert [(w.name, w.queues, w.release) for w in fleet().workers] == [
        ("gpu@here:1", ["gpu"], own_release())
    ]


def test_a_database_of_another_version_is_not_for_this_worker():
    prepare_for("9.9 (newer)")

    reason = services.report(name="gpu@here:1", queues=["gpu"])

    assert reason == f"it is Rondo {own_release()}, and the database is prepared for 9.9 (newer)"
    assert fleet().is_odd
    assert [worker.name for worker in fleet().others] == ["gpu@here:1"]


def test_a_job_made_by_another_version_after_the_upgrade_is_left_alone():
    job = services.enqueue(kind="echo", payload={})
    Job.objects.filter(pk=job.pk).update(release="0.0 (old)", created_at=Now() + timedelta(hours=1))
    job.refresh_from_db()

    assert services.misfit(job) == (
        f"it is Rondo {own_release()}, and the job was made by 0.0 (old)"
    )


def test_a_job_from_before_the_upgrade_is_worked_on():
    job = services.enqueue(kind="echo", payload={})
    assert job.release == own_release()
    Job.objects.filter(pk=job.pk).update(release="0.0 (old)", created_at=Now() - timedelta(hours=1))
    Release.objects.all().delete()
    services.install()
    job.refresh_from_db()

    assert services.misfit(job) == ""


def test_a_worker_that_starts_again_replaces_its_former_self():
    for name in ("gpu@here:1", "gpu@there:1", "gpu@here:2"):
        services.report(name=name, queues=["gpu"])
    assert [worker.name for worker in fleet().workers] == ["gpu@here:2", "gpu@there:1"]

    services.leave(name="gpu@there:1")
    assert [worker.name for worker in fleet().workers] == ["gpu@here:2"]


def test_a_worker_that_says_nothing_is_not_shown_and_at_last_forgotten():
    services.report(name="gpu@gone:1", queues=["gpu"])
    Worker.objects.update(seen_at=Now() - timedelta(minutes=5))
    assert fleet().workers == []
    assert Worker.objects.exists()

    Worker.objects.update(seen_at=Now() - timedelta(days=2))
    services.report(name="gpu@here:1", queues=["gpu"])
    assert [worker.name for worker in Worker.objects.all()] == ["gpu@here:1"]
