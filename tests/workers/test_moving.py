"""A job that moves between hosts takes its checkpoints and the count of its events along."""

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.errors import StoreUnreachableError
from jobs import services
from jobs.models import Job
from registry import remote, server, travelling
from tests import s3
from training.contract import manifest
from training.contract.events import Event, Metric
from workers import moving
from workers.moving import Uploads, arrive

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    s3.use(settings, f"file://{tmp_path}/store", tmp_path / "cache")
    monkeypatch.setattr(moving, "LOOK_SECONDS", 0.01)


@pytest.fixture
def on(settings: Any, tmp_path: Path) -> Callable[[str, Job], Job]:
    """The job as the worker of a host claims it after all before."""

    def claim(host: str, job: Job) -> Job:
        settings.JOBS = tmp_path / host
        if Job.objects.get(pk=job.pk).state == Job.State.RUNNING:
            services.release(job=Job.objects.get(pk=job.pk), reason="moves")
        claimed = services.claim(job_id=job.pk, worker=host)
        claimed.folder.mkdir(parents=True, exist_ok=True)
        return claimed

    return claim


@pytest.fixture
def job() -> Job:
    return services.enqueue(kind="base_model", payload={})


def checkpoint(job: Job, name: str) -> None:
    """As a trainer writes one: whole at once."""
    folder = job.folder / "tmp-writing"
    folder.mkdir(parents=True)
    (folder / "state").write_text(f"{name} of claim {job.epoch}")
    manifest.write(folder, manifest.scan(folder))
    target = job.folder / "checkpoints" / name
    target.parent.mkdir(exist_ok=True)
    folder.rename(target)


def states(job: Job) -> dict[str, str]:
    folder = job.folder / "checkpoints"
    found = sorted(folder.glob("*/state"))
    return {path.parent.name: path.read_text() for path in found}


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def uploaded(job: Job, *names: str) -> None:
    """Let the trainer write these one after the other, and the worker upload each."""
    with Uploads(job, fetched=False):
        for count, name in enumerate(names, start=1):
            checkpoint(job, name)
            newest = f"{travelling.root_of(job)}/{job.epoch:06}-{count:06}"
            wait_for(lambda at=newest: manifest.NAME in remote.sizes(at))  # type: ignore[misc]


def test_another_host_goes_on_from_what_was_uploaded_last(job: Job, on: Any) -> None:
    here = on("a", job)
    assert not arrive(here)
    uploaded(here, "step-1", "best-1", "step-2")
    metric = Metric(step=2, values={"loss": 1.5})
    events = [Event(n=n, seconds=float(n), data=metric) for n in (1, 2)]
    services.record(job=here, events=events)
    (here.folder / "events.jsonl").write_bytes(events[0].line())  # and a shorter file remains

    there = on("b", job)
    assert arrive(there)
    assert states(there) == {"best-1": "best-1 of claim 1", "step-2": "step-2 of claim 1"}
    lines = (there.folder / "events.jsonl").read_bytes().splitlines(keepends=True)
    assert lines == [event.line() for event in events]

    back = on("a", job)  # nothing was uploaded since: what lies here is as new
    assert not arrive(back)
    assert sorted(states(back)) == ["best-1", "step-1", "step-2"]
    lines = (back.folder / "events.jsonl").read_bytes().splitlines(keepends=True)
    assert lines == [event.line() for event in events]


def test_what_was_done_elsewhere_takes_the_place_of_what_lies_here(job: Job, on: Any) -> None:
    here = on("a", job)
    arrive(here)
    uploaded(here, "step-1")
    checkpoint(here, "step-5")  # not uploaded any more
    there = on("b", job)
    arrive(there)
    uploaded(there, "step-2")

    back = on("a", job)
    assert arrive(back)
    assert states(back) == {"step-2": "step-2 of claim 2"}


def test_two_are_kept_and_a_bad_one_costs_one(job: Job, on: Any) -> None:
    here = on("a", job)
    arrive(here)
    uploaded(here, "step-1", "step-2", "step-3")
    assert travelling.saved(here) == [(1, 3), (1, 2)]

    root = travelling.root_of(here)
    server.system().pipe_file(server.path(f"{root}/000001-000003", "step-3/state"), b"no")
    there = on("b", job)
    assert arrive(there)
    assert states(there) == {"step-2": "step-2 of claim 1"}


def test_who_lost_the_job_removes_nothing_of_others(job: Job, on: Any, settings: Any) -> None:
    zombie = on("a", job)
    arrive(zombie)
    there = on("b", job)
    uploaded(there, "step-1", "step-2")
    settings.JOBS = settings.JOBS.with_name("a")
    uploaded(zombie, "step-7", "step-8", "step-9")

    assert travelling.saved(job) == [(2, 2), (2, 1), (1, 3), (1, 2)]
    third = on("c", job)
    arrive(third)
    assert states(third) == {"step-2": "step-2 of claim 2"}


def test_losing_the_store_delays_an_upload_and_stops_nothing(
    job: Job, on: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    here = on("a", job)
    save, tries = travelling.save, []

    def lost(*args: Any) -> None:
        tries.append(args)
        if len(tries) < 4:
            raise StoreUnreachableError("away")
        save(*args)

    monkeypatch.setattr(travelling, "save", lost)
    with Uploads(here, fetched=False):
        checkpoint(here, "step-1")
        wait_for(lambda: len(travelling.saved(here)) == 1)
    said = [record.getMessage() for record in caplog.records if "wait" in record.getMessage()]
    assert said == [f"job {job.pk}: its checkpoints wait: away"]  # once


def test_what_was_written_last_is_sent_before_the_worker_leaves(
    job: Job, on: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "LOOK_SECONDS", 60)
    here = on("a", job)
    with Uploads(here, fetched=False) as uploads:
        checkpoint(here, "step-1")
        uploads.finish()
    assert travelling.saved(here) == [(1, 1)]
    assert not (here.folder / moving.OUTGOING).exists()


def test_of_ended_and_deleted_jobs_nothing_stays(
    job: Job, on: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = on("a", job)
    uploaded(here, "step-1")
    monkeypatch.setattr(remote, "LEFTOVER_SECONDS", -60)
    assert travelling.sweep() == []
    travelling.forget([job.pk + 1])
    assert len(travelling.saved(here)) == 1
    Job.objects.filter(pk=job.pk).update(state=Job.State.SUCCEEDED, lease_until=None)

    assert travelling.sweep() == [travelling.root_of(here)]
    uploaded(on("b", services.enqueue(kind="base_model", payload={})), "step-1")
    travelling.forget([job.pk, job.pk + 1])
    assert remote.names("jobs") == set()


def test_a_folder_of_artifacts_moves_nothing(job: Job, on: Any, settings: Any) -> None:
    settings.STORE_URL = ""
    here = on("a", job)
    with Uploads(here, fetched=False) as uploads:
        checkpoint(here, "step-1")
        uploads.finish()
    assert json.dumps(sorted(path.name for path in here.folder.iterdir())) == '["checkpoints"]'
    shutil.rmtree(here.folder)
