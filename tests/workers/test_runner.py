"""What a worker does with a job that it cannot do."""

import pytest
import stub_handlers
from crew import enqueue, now
from django.db import OperationalError

from core.errors import MissingFilesError
from jobs import handlers, services
from jobs.models import Job, Release
from workers import runner, shutdown, trainer
from workers.process import TrainingProcess

pytestmark = pytest.mark.django_db(transaction=True)


APART = "apart"  # a queue that none of the session's living workers takes jobs from


@pytest.fixture(autouse=True)
def broker(valkey_url):
    """Jobs are given back by message."""


def enqueue_apart(kind: str) -> Job:
    """A queued job that nobody takes but those whom the test reports."""
    job = enqueue(kind, steps=1)
    job.queue = APART
    job.save(update_fields=["queue"])
    return job


def test_a_worker_without_the_files_of_a_model_leaves_the_job_to_another(monkeypatch):
    def prepare(self, job, folder):
        raise MissingFilesError("policy v2 is not whole in /artifacts/models: no config.json")

    services.report(name="gpu@other:1", queues=[APART])
    monkeypatch.setattr(stub_handlers.Stub, "prepare", prepare)
    job = enqueue_apart("stub")

    runner.run(job.pk, worker="gpu@here:1")

    assert (now(job).state, now(job).attempt) == ("queued", 0)
    assert now(job).declined == {"gpu@here:1": "missing_files"}


def test_a_worker_without_the_folder_of_a_stage_leaves_the_job_to_another(monkeypatch):
    services.report(name="gpu@other:1", queues=[APART])
    job = enqueue_apart("stub")
    monkeypatch.delitem(handlers._handlers, "stub")

    runner.run(job.pk, worker="gpu@here:1")
    assert (now(job).state, now(job).declined) == ("queued", {"gpu@here:1": "unknown_kind"})

    runner.run(job.pk, worker="gpu@other:1")
    assert (now(job).state, now(job).error_code) == ("failed", "unknown_kind")


@pytest.fixture
def leaving(monkeypatch):
    """This process has been asked to leave, as a worker is by SIGTERM."""
    monkeypatch.setattr(shutdown, "_asked", bytearray(1))
    shutdown.request()


def test_a_worker_that_leaves_claims_nothing_more(leaving):
    job = enqueue_apart("note")

    runner.run(job.pk, worker="gpu@here:1")

    assert (now(job).state, now(job).epoch) == ("queued", 0)
    assert not job.folder.exists()


def test_a_trainer_that_is_ended_before_it_listens_uses_no_attempt(monkeypatch):
    class Leaving(TrainingProcess):
        """Asked to leave as soon as the process is there: Python has not loaded yet."""

        @classmethod
        def start(cls, *args, **kwargs):
            process = super().start(*args, **kwargs)
            shutdown.request()
            return process

    monkeypatch.setattr(shutdown, "_asked", bytearray(1))
    monkeypatch.setattr(trainer, "TrainingProcess", Leaving)
    monkeypatch.setattr(trainer, "POLL_SECONDS", 0.01)
    job = enqueue_apart("stub")

    runner.run(job.pk, worker="gpu@here:1")

    assert (now(job).state, now(job).attempt, now(job).error) == ("queued", 0, "")


def test_a_worker_of_another_version_does_not_claim(monkeypatch):
    job = enqueue("note")
    Release.objects.create(name="9.9 (other)")

    runner.run(job.pk, worker="gpu@here:1")

    assert (now(job).state, now(job).epoch) == ("queued", 0)
    assert now(job).declined == {"gpu@here:1": "other_version"}
    assert not job.folder.exists()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ('could not extend file "base/5/7": No space left on device', "no_space"),
        ("server closed the connection unexpectedly", "poison"),
    ],
)
def test_a_database_without_room_is_not_taken_for_a_lost_one(monkeypatch, said, code):
    def work(self, job):
        raise OperationalError(said)

    monkeypatch.setattr(stub_handlers.Note, "run", work)
    job = enqueue("note")
    Job.objects.filter(pk=job.pk).update(max_attempts=1)

    runner.run(job.pk, worker="gpu@here:1")

    assert (now(job).state, now(job).error_code) == ("failed", code)
    assert said in now(job).error
