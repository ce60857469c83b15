"""With the store at a URL every reader of artifacts goes there: no disk is shared."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from accounts.models import AuditEntry, User
from core.errors import JobFailedError, MissingFilesError, StoreUnreachableError
from jobs import services as jobs
from jobs.models import Job
from labeling.models import Project
from registry import copies, remote, server
from registry import services as registry
from registry.models import ModelVersion
from rounds import artifacts
from rounds.launching.launching import launch
from rounds.launching.preflight import check
from rounds.models import Round, Run, Snapshot
from rounds.retiring.handlers import RemoveFiles
from rounds.snapshots import freeze, read
from tests import s3
from tests.factories import make_annotation, make_task
from tests.registry_folders import write_model
from training.contract import manifest


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> str:
    s3.use(settings, f"file://{tmp_path}/store", tmp_path / "here")
    return settings.STORE_URL


@pytest.fixture
def model(project: Project, tmp_path: Path) -> ModelVersion:
    folder = write_model(tmp_path / "model")
    return registry.register_folder(folder=folder, kind="sft", name="sft v1", family=project.family)


@pytest.fixture
def snapshot(project: Project) -> Snapshot:
    make_annotation(make_task(project))
    make_annotation(make_task(project, "ranking"))
    return freeze(project)


def go_elsewhere(settings: Any) -> None:
    """To a host that has nothing yet."""
    settings.ARTIFACTS = settings.ARTIFACTS.with_name("there")


def test_another_host_has_what_was_registered_and_frozen(
    model: ModelVersion, snapshot: Snapshot, settings: Any
) -> None:
    rows = list(read(snapshot, "rankings"))
    go_elsewhere(settings)

    folder = registry.local_folder(model)
    assert folder == settings.ARTIFACTS / model.uri
    assert manifest.verify(folder) == model.manifest
    assert list(read(snapshot, "rankings")) == rows
    assert len(rows) == 1


def test_the_same_labels_are_uploaded_once(snapshot: Snapshot, monkeypatch: Any) -> None:
    monkeypatch.setattr(server.system(), "put_file", lambda *args, **options: pytest.fail(args[1]))
    assert freeze(snapshot.project) == snapshot


def test_a_job_names_no_model_that_is_not_in_the_store(project: Project, tmp_path: Path) -> None:
    """The upload is no part of the transaction that locks rows; a second run finds it done."""
    folder = write_model(tmp_path / "model")
    rows: list[int] = []

    def register() -> ModelVersion:
        rows.append(ModelVersion.objects.count())
        return registry.register_folder(folder=folder, kind="sft", family=project.family)

    version = copies.uploading(register)

    assert (rows, version.name) == ([0, 0], "SFT v1")
    assert remote.is_whole(version.uri, version.manifest)


def test_a_launch_holds_no_row_while_its_snapshot_is_sent(
    project: Project, first_round: Round, mona: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        make_annotation(make_task(project))
    depths = [len(connection.savepoint_ids)]
    upload = remote.upload

    def watched(*given: Any) -> None:
        depths.append(len(connection.savepoint_ids))
        upload(*given)

    monkeypatch.setattr(remote, "upload", watched)
    (run,) = launch(round_=first_round, stages=["sft"], recipes={}, by=mona)

    assert depths == [depths[0]] * 2
    assert run.snapshot == Snapshot.objects.get()
    assert remote.is_whole(run.snapshot.uri, copies.plain(run.snapshot.manifest))
    assert (Run.objects.count(), Job.objects.count()) == (1, 1)
    assert AuditEntry.objects.filter(action="round.launched").count() == 1


def test_a_store_that_refuses_names_nothing(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **options: Any) -> None:
        raise PermissionError("not yours")

    monkeypatch.setattr(server.system(), "put_file", refuse)

    with pytest.raises(StoreUnreachableError, match="PermissionError: not yours"):
        freeze(project)
    with pytest.raises(StoreUnreachableError):
        registry.register_folder(folder=write_model(tmp_path / "model"), kind="base")
    assert (Snapshot.objects.count(), ModelVersion.objects.count()) == (0, 0)


def test_what_is_gone_or_damaged_in_the_store_is_said_so(
    model: ModelVersion, snapshot: Snapshot, settings: Any, capsys: Any
) -> None:
    call_command("verify")
    assert (
        capsys.readouterr().out == "2 models, snapshots, corpora and exports are whole, 0 are not\n"
    )
    server.system().pipe_file(server.path(model.uri, "config.json"), b"{}")
    remote.delete(snapshot.uri)

    found = [(each.name, each.fault) for each in artifacts.verify()]
    assert found == [
        ("sft v1 of kitchen", "config.json has changed"),
        (f"{snapshot} of kitchen", "its folder is missing"),
    ]
    assert registry.local_folder(model).is_dir()  # the copy here is good
    go_elsewhere(settings)
    with pytest.raises(JobFailedError, match="is damaged"):
        registry.local_folder(model)
    with pytest.raises(MissingFilesError, match="is not whole in"):
        read(snapshot, "rankings")


def test_pages_say_where_it_lies_and_nothing_of_disks_elsewhere(
    model: ModelVersion, first_round: Round, mona: User, client: Client, store: str
) -> None:
    client.force_login(mona)
    page = client.get(f"/projects/kitchen/models/{model.pk}/").content.decode()
    assert f"<code>{store}/{model.uri}</code>" in page

    assert not any("free on the disk" in finding.text for finding in check(first_round, []).general)


def test_what_a_deleted_project_had_is_removed_there_too(
    model: ModelVersion, snapshot: Snapshot, settings: Any, tmp_path: Path
) -> None:
    payload = {"folders": [model.uri, snapshot.uri], "jobs": [7]}
    remote.upload(tmp_path / "model", "jobs/7-1/000001-000001", manifest.read(tmp_path / "model"))
    Snapshot.objects.all().delete()
    job = jobs.enqueue(kind="remove_files", payload=payload)

    assert RemoveFiles().run(job) == {"removed": 2}

    assert remote.names("jobs") == remote.names("snapshots") == set()
    assert remote.is_whole(model.uri, model.manifest)  # a row names it
    assert not (settings.ARTIFACTS / snapshot.uri).exists()


def test_the_sweep_removes_what_no_row_names(
    model: ModelVersion, snapshot: Snapshot, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "LEFTOVER_SECONDS", -60)
    assert registry.sweep() == []
    ModelVersion.objects.all().delete()
    shutil.rmtree(settings.ARTIFACTS / model.uri)

    assert registry.sweep() == [model.uri]
    assert remote.names("snapshots") == {snapshot.sha256}
