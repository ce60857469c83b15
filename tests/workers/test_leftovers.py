"""What jobs leave on a host when they go on, end or are deleted elsewhere."""

from pathlib import Path
from typing import Any

import pytest

from jobs import services
from jobs.models import Job
from registry import copies, store
from tests import s3
from workers import leftovers


def fill(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).mkdir(parents=True)


@pytest.mark.django_db
def test_what_ended_or_was_deleted_elsewhere_goes(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3.use(settings, f"file://{tmp_path}/store", tmp_path / "cache")
    done, failed, gone = (services.enqueue(kind="base_model", payload={}) for _ in range(3))
    for job in (done, failed, gone):
        fill(job.folder, "checkpoints", "model", "data")
    fill(settings.ARTIFACTS, "models/unnamed", "snapshots/unnamed")
    Job.objects.filter(pk=done.pk).update(state="succeeded")
    Job.objects.filter(pk=failed.pk).update(state="failed")
    folder = gone.folder
    gone.events.all().delete()
    gone.delete()

    leftovers.tidy()
    assert [path.name for path in sorted(done.folder.iterdir())] == ["data"]
    assert len(list(failed.folder.iterdir())) == len(list(folder.iterdir())) == 3

    monkeypatch.setattr(store, "LEFTOVER_SECONDS", -60)
    leftovers.tidy()
    assert not folder.exists()
    assert copies._entries() == []
    assert len(list(failed.folder.iterdir())) == 3  # a retry goes on from there


@pytest.mark.django_db
def test_where_disks_are_shared_others_jobs_are_let_alone(settings: Any) -> None:
    job = services.enqueue(kind="base_model", payload={})
    fill(job.folder, "checkpoints", "model")
    Job.objects.filter(pk=job.pk).update(state="succeeded")

    leftovers.tidy()
    assert len(list(job.folder.iterdir())) == 2
    leftovers.clear(job.folder)
    assert [path.name for path in job.folder.iterdir()] == ["model"]
