"""Handlers for the workers' tests; imported by the worker processes through --include."""

import os
import signal
import time
from pathlib import Path

from celery import current_app
from stub_spec import StubSpec

import core.release
import workers.presence
from jobs import handlers
from jobs.models import Job
from training.contract.spec import Spec


class Stub(handlers.TrainingHandler):
    """A training process without torch; payload: the fields of its spec."""

    name = "stub"

    def module(self, spec: Spec) -> str:
        return "stub_trainer"

    def prepare(self, job: Job, folder: Path) -> Spec:
        if job.payload.get("bad_data"):
            raise ValueError("no such data")
        return StubSpec(**job.payload)

    def complete(self, job: Job, folder: Path, result: dict[str, object]) -> None:
        with (folder / "completed").open("a") as file:
            file.write(f"{job.epoch}\n")


class Note(handlers.InProcessHandler):
    """Writes a line into a file of its job's folder, after `seconds`."""

    name = "note"

    def run(self, job: Job) -> dict[str, object]:
        job.folder.mkdir(parents=True, exist_ok=True)
        with (job.folder / "notes").open("a") as file:
            file.write(f"{job.attempt}\n")
        time.sleep(job.payload.get("seconds", 0))
        return {"attempt": job.attempt}


class Suicide(handlers.InProcessHandler):
    """Takes its worker's process down, as the machine does that runs out of memory."""

    name = "suicide"

    def run(self, job: Job) -> dict[str, object]:
        os.kill(os.getpid(), signal.SIGKILL)
        return {}


workers.presence.SECONDS = 1.0
if "STUB_VERSION" in os.environ:  # a worker of another version of Rondo
    core.release._version = lambda: os.environ["STUB_VERSION"]

if seconds := os.environ.get("STUB_VISIBILITY_SECONDS"):  # after which Redis sends a message again
    options = {"visibility_timeout": float(seconds), "unacked_restore_interval": 1}
    current_app.conf.broker_transport_options = {
        **current_app.conf.broker_transport_options,
        **options,
    }

for kind in (Stub(), Note(), Suicide()):
    handlers.register(kind)
