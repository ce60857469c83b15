"""A backup made while somebody writes, restored into a stack of its own, and compared."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from accounts.models import AuditEntry
from backups import contents
from embedded.servers import Server, start_postgres
from labeling.models import Project
from registry import freezing
from rounds.models import FrozenExport
from tests.backups.stack import ROOT, digests, environment, here, manage
from tests.upgrade.conftest import Then, migrated, then_at_work  # noqa: F401  fixtures
from training.contract import manifest

pytestmark = pytest.mark.slow


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A PostgreSQL that nothing else uses."""
    started = start_postgres(tmp_path / "postgres", durable=False)
    yield started
    started.stop()


def one(url: str, question: str) -> Any:
    with psycopg.connect(url) as base:
        found = base.execute(question).fetchone()  # type: ignore[arg-type]
        return found[0] if found else None


def frozen_exports() -> Path:
    """One that is written, and one that waits for its job; where the first lies in the store."""

    def write(folder: Path) -> freezing.Files:
        (folder / "prompts.jsonl").write_text("{}\n")
        return {"prompts.jsonl": {**manifest.entry(folder / "prompts.jsonl"), "rows": 1}}

    of = {"project": Project.objects.order_by("pk")[0], "dataset": "prompts", "encoding": "jsonl"}
    sha256, files = freezing.freeze(freezing.EXPORTS, write)
    uri = f"{freezing.EXPORTS}/{sha256}"
    FrozenExport.objects.create(sha256=sha256, uri=uri, manifest=files, **of)
    FrozenExport.objects.create(**of)
    return Path("artifacts") / uri / "prompts.jsonl"


def test_a_backup_made_while_somebody_writes_is_one_moment_of_all_of_it(
    then_at_work: Then,  # noqa: F811
    server: Server,
    tmp_path: Path,
) -> None:
    url, folder = here(), then_at_work.folder
    begun, backup = tmp_path / "begun", tmp_path / "backup"
    export = frozen_exports()
    connection.close()
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.backups.writing", str(begun)],
        cwd=ROOT,
        env=environment(url, folder),
    )
    try:
        while not begun.exists():
            assert writer.poll() is None
            time.sleep(0.05)
        code, said = manage("backup", backup, url=url, folder=folder)
        assert code == 0, said
        assert writer.poll() is None
    finally:
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    there = tmp_path / "there"

    code, said = manage("restore", backup, url=server.url, folder=there)

    assert code == 0, said
    wrote = "SELECT count(*) FROM accounts_auditentry WHERE action LIKE 'wrote.%'"
    moment = one(server.url, wrote)
    assert 50 <= moment < one(url, wrote)
    assert one(server.url, "SELECT description FROM labeling_project") == f"{moment}"
    # Take the writer's later lines back: then both are the same, row by row.
    with psycopg.connect(url) as base:
        base.execute(
            "DELETE FROM accounts_auditentry"
            " WHERE action LIKE 'wrote.%%' AND (details ->> 'n')::int > %s",
            [moment],
        )
        base.execute("UPDATE labeling_project SET description = %s", [f"{moment}"])
    assert digests(server.url) == digests(url)
    kept = {p.relative_to(folder): p.read_bytes() for p in (folder / "artifacts").rglob("*.*")}
    found = {p.relative_to(there): p.read_bytes() for p in (there / "artifacts").rglob("*.*")}
    assert len(found) > 20
    assert found[export] == b"{}\n"  # a permalink is for ever
    assert found == {path: kept[path] for path in found}
    assert manage("verify", url=server.url, folder=there)[0] == 0

    code, said = manage("restore", backup, url=server.url, folder=tmp_path / "another")
    assert (code, "is not empty" in said) == (1, True)
    assert not (tmp_path / "another/artifacts").exists()


def test_what_is_damaged_or_of_a_newer_version_restores_nothing(
    then_at_work: Then,  # noqa: F811
    server: Server,
    tmp_path: Path,
) -> None:
    url, folder, backup = here(), then_at_work.folder, tmp_path / "backup"
    AuditEntry.objects.create(action="first", target="", details={})
    connection.close()
    assert manage("backup", backup, url=url, folder=folder)[0] == 0
    first = contents.read(backup)
    assert manage("backup", backup, url=url, folder=folder)[0] == 0  # takes the first one's place
    made = contents.read(backup)
    assert (made.artifacts, made.dump == first.dump) == (first.artifacts, False)
    assert [path.name for path in backup.glob("*.dump")] == [made.dump]
    there = tmp_path / "there"

    def refused() -> str:
        code, said = manage("restore", backup, url=server.url, folder=there)
        assert code == 1, said
        assert digests(server.url) == {}
        assert not (there / "artifacts").exists()
        return said

    (backup / contents.NAME).rename(backup / "aside")
    assert "is no whole backup: it has no BACKUP.json" in refused()
    replace(made, format=2).write(backup)
    assert "is a backup of format 2, this Rondo reads up to 1" in refused()
    newer = {**made.migrations, "labeling": [*made.migrations["labeling"], "9999_later"]}
    replace(made, migrations=newer).write(backup)
    assert "newer than this one: its database has labeling 9999_later" in refused()
    (backup / "aside").rename(backup / contents.NAME)
    model = sorted((backup / "artifacts/models").iterdir())[0]
    shutil.move(model, tmp_path / "model")
    assert f"models/{model.name} is damaged" in refused()
    shutil.move(tmp_path / "model", model)
    dump = backup / made.dump
    dump.write_bytes(dump.read_bytes()[:-1] + b"?")
    assert f"{made.dump} is damaged" in refused()


def test_an_artifact_that_is_gone_is_named_and_all_else_is_there(
    then_at_work: Then,  # noqa: F811
    tmp_path: Path,
) -> None:
    artifacts = tmp_path / "artifacts"
    shutil.copytree(then_at_work.folder / "artifacts", artifacts)
    model = sorted((artifacts / "models").iterdir())[0]
    shutil.rmtree(model)
    url = here()
    connection.close()
    (tmp_path / "full").mkdir()
    (tmp_path / "full/of.txt").touch()

    code, said = manage("backup", tmp_path / "backup", url=url, folder=tmp_path)
    assert code == 1
    assert f"not in the backup: models/{model.name}: no " in said
    made = contents.read(tmp_path / "backup")
    assert list(made.missing) == [f"models/{model.name}"]
    assert len(made.artifacts) > 5
    code, said = manage("backup", tmp_path / "full", url=url, folder=tmp_path)
    assert (code, "holds something else" in said) == (1, True)
    assert json.loads((tmp_path / "backup" / contents.NAME).read_text())["format"] == 1
