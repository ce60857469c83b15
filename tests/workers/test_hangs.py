"""A trainer that hangs, a folder that is kept, what is left behind: without a worker's process."""

import fcntl
import json
import os
from functools import partial
from pathlib import Path
from unittest.mock import Mock

import pytest
from crew import enqueue, now
from django.conf import settings

from jobs import handlers, services
from workers import leftovers, trainer
from workers.process import is_free

pytestmark = pytest.mark.slow


class Peace:
    """The heart of a job that nobody cancels or takes over."""

    cancel_requested = lost = False


@pytest.fixture
def work(transactional_db, monkeypatch):
    """Work on a job of a stub in this process."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))

    def work(job):
        held = services.claim(job_id=job.pk, worker="w")
        trainer.run(held, handlers.get("stub"), Peace())
        return now(job)

    return work


def test_a_trainer_that_hangs_is_killed_and_after_three_attempts_the_job_ends(work, monkeypatch):
    monkeypatch.setattr(settings, "JOB_STALL_SECONDS", 0.6)
    job = enqueue("stub", steps=1, seconds=600)

    states = [work(job).state for _ in range(3)]

    assert (states, now(job).error_code) == (["queued", "queued", "failed"], "stalled")
    note = json.loads((job.folder / "process.json").read_text())
    assert not os.path.exists(f"/proc/{note['pid']}")  # noqa: PTH110


@pytest.mark.parametrize("limit", [0, 600])
def test_a_trainer_that_goes_on_is_left_alone(work, monkeypatch, limit):
    monkeypatch.setattr(settings, "JOB_STALL_SECONDS", limit)

    assert work(enqueue("stub", steps=2, seconds=0.5)).state == "succeeded"


def test_a_folder_that_another_process_keeps_ends_the_job_after_three_attempts(work, monkeypatch):
    monkeypatch.setattr(trainer, "is_free", partial(is_free, wait=0))
    job = enqueue("stub", steps=1)
    job.folder.mkdir(parents=True)

    with (job.folder / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        states = [work(job).state for _ in range(3)]

    assert states == ["queued", "queued", "failed"]
    assert (now(job).error_code, now(job).attempt) == ("folder_in_use", 3)
    assert "process.json" in now(job).explanation


def test_success_leaves_no_checkpoints_and_an_error_does(work, monkeypatch, caplog):
    good, bad, stuck = (enqueue("stub", steps=1, error=error) for error in ("", "diverged", ""))
    for job in (good, bad, stuck):
        (job.folder / "checkpoints" / "step-1").mkdir(parents=True)
        (job.folder / "output").mkdir()

    assert [work(job).state for job in (good, bad)] == ["succeeded", "failed"]
    monkeypatch.setattr(leftovers.shutil, "rmtree", Mock(side_effect=PermissionError("read-only")))
    assert work(stuck).state == "succeeded"

    kept = [(job.folder / "checkpoints").exists() for job in (good, bad, stuck)]
    assert kept == [False, True, True]
    assert all((job.folder / "output").exists() for job in (good, bad, stuck))
    assert "read-only" in caplog.text
