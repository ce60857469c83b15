"""A full disk ends a job at once, with what to do; the worker hears of it by the exit status."""

import errno
import os
import sys
from pathlib import Path

import pytest
import stub_handlers
from crew import enqueue, now

from jobs.models import Job
from tests.small_disk import fill, small_disk
from training.contract import disk
from training.contract.manifest import verify
from workers import runner, trainer

pytestmark = pytest.mark.django_db(transaction=True)
FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture(autouse=True)
def stub_is_found(monkeypatch, valkey_url):
    """A trainer of this folder, started by this process instead of a worker."""
    here = Path(__file__).parent
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(here), *sys.path]))


@pytest.fixture
def jobs(settings, tmp_path):
    """The folder of jobs on a disk of one MiB."""
    with small_disk(tmp_path / "small", kilobytes=1024) as folder:
        settings.JOBS = folder
        yield folder


def work_on(job):
    runner.run(job.pk, worker="test")
    return now(job)


def test_a_full_disk_ends_the_job_at_the_first_attempt(jobs, settings):
    old = enqueue("note")
    Job.objects.filter(pk=old.pk).update(state="succeeded")
    (jobs / str(old.pk)).mkdir()
    (jobs / str(old.pk) / "weights").write_bytes(bytes(300 * 1024))
    settings.ARTIFACTS.mkdir()

    job = work_on(enqueue("stub", steps=3, kilobytes=400))

    assert (job.state, job.attempt, job.error_code) == ("failed", 1, "no_space")
    said, jobs_disk, artifacts_disk, deletable = job.error.split("; ")
    assert said == "no space left for step-2"
    assert jobs_disk.endswith(f"MiB are free at {jobs}")
    assert artifacts_disk.endswith(f"MiB are free at {settings.ARTIFACTS}")
    expected = f"folders of ended jobs in {jobs} that may be deleted: {old.pk} (0.3 MiB)"
    assert deletable == expected
    assert [path.name for path in (job.folder / "checkpoints").iterdir()] == ["step-1"]
    verify(job.folder / "checkpoints/step-1")


def test_a_disk_without_room_for_a_word_is_told_by_the_exit_status(jobs, monkeypatch):
    """error.json, events and output.log lie on the same disk."""
    job = enqueue("stub", steps=1)
    start = trainer.TrainingProcess.start

    def start_on_a_full_disk(command, *, folder, env):
        process = start(["sleep", "0"], folder=folder, env=env)
        process.wait(60)
        fill(jobs)
        return start(command, folder=folder, env=env)

    monkeypatch.setattr(trainer.TrainingProcess, "start", start_on_a_full_disk)
    monkeypatch.setattr("workers.process.PID_FILE", "../../note")

    job = work_on(job)

    assert (job.state, job.attempt, job.error_code) == ("failed", 1, "no_space")
    assert job.error.startswith(f"the disk is full; 0.0 MiB are free at {jobs}")
    assert not (job.folder / "error.json").exists()
    assert sorted(job.folder.rglob("tmp-*")) == []


def test_a_worker_that_cannot_write_the_data_says_so_too(monkeypatch):
    def prepare(self: object, job: Job, folder: Path) -> None:
        (folder / "data").mkdir()
        raise FULL

    monkeypatch.setattr(stub_handlers.Stub, "prepare", prepare)
    monkeypatch.setattr(stub_handlers.Stub, "bytes_needed", lambda self, job: 5 * 2**20)

    job = work_on(enqueue("stub", steps=1))

    assert (job.state, job.attempt, job.error_code) == ("failed", 1, "no_space")
    assert job.error.startswith("OSError: [Errno 28] No space left on device; ")
    assert job.error.endswith("; the job needs about 5.0 MiB at once")


def test_no_room_in_the_artifact_store_leaves_what_was_trained(monkeypatch):
    def complete(self: object, job: Job, folder: Path, result: object) -> None:
        raise FULL

    with monkeypatch.context() as full:
        full.setattr(stub_handlers.Stub, "complete", complete)
        job = work_on(enqueue("stub", steps=2))
    assert (job.state, job.error_code) == ("failed", "no_space")

    from jobs import services

    services.retry(job=job, by=None)

    assert work_on(job).state == "succeeded"
    assert (job.folder / "steps").read_text().split() == ["1", "2"]


def test_work_without_a_trainer_says_so_too(monkeypatch):
    monkeypatch.setattr(stub_handlers.Note, "run", lambda self, job: (_ for _ in ()).throw(FULL))

    job = work_on(enqueue("note"))

    assert (job.state, job.attempt, job.error_code) == ("failed", 1, "no_space")


def test_a_launcher_that_hides_the_exit_status_is_understood(tmp_path, monkeypatch):
    job = Job(pk=1)
    monkeypatch.setattr(disk, "is_full", lambda folder: True)

    assert trainer.is_choked(job, {})
    assert not trainer.is_choked(job, {"code": "crash", "message": "…"})
