"""A store that is away delays what needs it, and a person reads what to do."""

from pathlib import Path
from typing import Any

import pytest

from jobs import handlers, services
from jobs.models import Job, JobEvent
from jobs.words import ERRORS
from registry import copies, remote, server
from registry.models import ModelVersion
from registry.services import register_folder
from tests import s3
from tests.registry_folders import write_model
from training.contract import manifest
from workers import outlasting, runner, shutdown


class Fetch(handlers.InProcessHandler):
    """Reads a model of the store."""

    name = "fetch"

    def run(self, job: Job) -> dict[str, object]:
        folder = copies.fetch("models/m", job.payload["files"])
        return {"files": sorted(path.name for path in folder.iterdir())}


@pytest.fixture
def job(
    transactional_db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Job:
    """It needs a model of a store that is away."""
    monkeypatch.setitem(handlers._handlers, "fetch", Fetch())
    s3.use(settings, f"file://{tmp_path}/store", tmp_path / "cache")
    model = write_model(tmp_path / "model")
    files = manifest.read(model)
    remote.upload(model, "models/m", files)
    (tmp_path / "store").rename(tmp_path / "away")
    return services.enqueue(kind="fetch", payload={"files": files})


class Make(handlers.TrainingHandler):
    """Its process has ended and left a model."""

    name = "make"

    def complete(self, job: Job, folder: Path, result: dict[str, object]) -> None:
        register_folder(folder=folder / "model", kind="base", name="m", job=job)


def now(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def test_a_job_waits_with_its_reason_and_goes_on(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Job] = []

    def pause(heart: object) -> bool:
        seen.append(now(job))
        if len(seen) == 2:
            (tmp_path / "away").rename(tmp_path / "store")
        return True

    monkeypatch.setattr(outlasting, "pause", pause)
    runner.run(job.pk, worker="w")

    for row in seen:
        assert (row.state, row.error_code) == ("running", "store_unreachable")
        assert row.explanation == str(ERRORS["store_unreachable"])
        assert row.error.startswith(f"The artifact store file://{tmp_path}/store cannot be used: ")
    done = now(job)
    assert (len(seen), done.state, done.attempt, done.error) == (2, "succeeded", 1, "")
    assert len(done.result["files"]) == 4
    reasons = [event.data["reason"] for event in JobEvent.objects.filter(job=job).order_by("id")]
    assert reasons == ["", "", seen[0].error, "it goes on", ""]


@pytest.mark.parametrize(("asked", "state"), [("cancel", "cancelled"), ("leave", "queued")])
def test_a_job_that_waits_is_cancelled_or_handed_over(
    job: Job, asked: str, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlasting, "PAUSE_SECONDS", 60.0)
    wait_for = services.wait_for

    def then_ask(**words: Any) -> None:
        wait_for(**words)
        if asked == "cancel":
            services.request_cancel(job=now(job), by=None)
        else:
            monkeypatch.setattr(shutdown, "requested", lambda: True)

    monkeypatch.setattr(services, "wait_for", then_ask)
    runner.run(job.pk, worker="w")

    row = now(job)
    assert (row.state, row.attempt) == (state, 1 if asked == "cancel" else 0)
    assert "cannot be used" in row.error or asked == "cancel"


def test_a_model_that_cannot_be_handed_over_yet_is_not_lost(
    transactional_db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(handlers._handlers, "make", Make())
    s3.use(settings, f"file://{tmp_path}/store", tmp_path / "cache")
    job = services.enqueue(kind="make", payload={})
    write_model(job.folder / "model")
    (job.folder / "checkpoints").mkdir()
    (job.folder / "result.json").write_text("{}")
    put, seen = server.system().put_file, []

    def refuse(*args: Any, **options: Any) -> None:
        raise PermissionError("wrong key")

    def pause(heart: object) -> bool:
        seen.append((now(job).state, now(job).error_code, ModelVersion.objects.count()))
        monkeypatch.setattr(server.system(), "put_file", put)
        return True

    monkeypatch.setattr(server.system(), "put_file", refuse)
    monkeypatch.setattr(outlasting, "pause", pause)
    runner.run(job.pk, worker="w")

    assert seen == [("running", "store_unreachable", 0)]
    assert (now(job).state, now(job).error, now(job).error_code) == ("succeeded", "", "")
    version = ModelVersion.objects.get(job=job)
    assert remote.is_whole(version.uri, version.manifest)
    left = sorted(path.name for path in job.folder.iterdir())
    assert left == ["lock", "result.json"]  # the model is in the store, and a copy here
    assert manifest.verify(settings.ARTIFACTS / version.uri) == version.manifest
