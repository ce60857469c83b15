"""A project moves from one database to another, with all kinds of work in it."""

import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import connection

from accounts.models import User
from backups.moving import contents, people
from backups.moving.contents import Contents
from backups.moving.exporting import export
from backups.moving.importing import bring
from core.errors import RondoError
from labeling.kinds import kinds
from labeling.models import Annotation, Project, Prompt
from rounds.artifacts import verify
from rounds.snapshots import LABELS, read
from tests.backups.moving.comparing import IDS, alike, figures_of, lineage_of, rows_of
from tests.backups.moving.filling import far_ids, fill
from tests.backups.stack import ROOT, digests, environment, here
from tests.factories import make_annotation, make_member, make_project, make_task, make_user
from tests.upgrade.conftest import (  # noqa: F401  fixtures
    Then,
    in_database,
    migrated,
    on_server,
    then_at_work,
)

pytestmark = pytest.mark.slow
THERE = "rondo_moved_to"
OLD = re.compile(r"\b7000\d{3}\b")


def quiet(_text: str) -> None:
    """Nobody is told."""


@pytest.fixture
def there(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """Another database of the newest form; in it is a project of others."""
    with django_db_blocker.unblock():
        on_server(f"DROP DATABASE IF EXISTS {THERE}", f"CREATE DATABASE {THERE}")
        with in_database(THERE):
            call_command("migrate", verbosity=0, interactive=False)
            make_user("Mia", email="mia@example.org")
            other = make_project("garden")
            for _ in range(3):
                make_annotation(make_task(other, "ranking"), annotator=make_member(other))
            far_ids(9_000_001)
        yield THERE
        on_server(f"DROP DATABASE {THERE} WITH (FORCE)")


def test_a_project_is_the_same_on_another_server(
    there: str,
    then_at_work: Then,  # noqa: F811
    settings: LazySettings,
    tmp_path: Path,
) -> None:
    settings.ARTIFACTS = tmp_path / "artifacts"
    shutil.copytree(then_at_work.folder / "artifacts", settings.ARTIFACTS)
    project = Project.objects.get(slug="kitchen")
    fill(project)
    before = rows_of(project), figures_of(project), lineage_of(project)
    kept = {row.sha256: {t: list(read(row, t)) for t in LABELS} for row in project.snapshots.all()}
    folder = tmp_path / "project"
    made = export("kitchen", folder, originals=True, tell=quiet)
    assert made.missing == {}
    assert [name for name, table in made.tables.items() if not table.rows] == []
    assert set(made.kinds) == set(kinds())
    told = "".join(path.read_text() for path in folder.glob("tables/*")) + (
        (folder / contents.NAME).read_text()
    )
    emails = User.objects.values_list("email", flat=True)
    assert [email for email in emails if email in told] == []

    settings.ARTIFACTS = tmp_path / "there"
    with in_database(there):
        moved, _made = bring(folder, manager="mia@example.org", tell=quiet)
        after = rows_of(moved), figures_of(moved), lineage_of(moved)
        pairs: dict[str, dict[Any, Any]] = {}
        alike(before[0], after[0], pairs)
        assert all(len(set(found.values())) == len(found) for found in pairs.values())
        assert {name for name, found in pairs.items() if found} == IDS
        assert after[1] == before[1]
        assert after[2] == before[2]
        check_snapshots(moved, kept)
        assert [one for one in verify() if one.fault] == []
        assert str(moved.memberships.get().user) == "Mia"
        again = export("kitchen", tmp_path / "again", originals=True, tell=quiet)
        assert no_old_ids(tmp_path / "again", again) == []


def check_snapshots(project: Project, kept: dict[str, dict[str, list[Any]]]) -> None:
    """The files are as they were; what is read of them names the rows here."""
    answers = Annotation.objects.in_bulk()
    prompts = Prompt.objects.in_bulk()
    snapshots = list(project.snapshots.all())
    assert {row.sha256 for row in snapshots} == set(kept)
    for snapshot in snapshots:
        named = set(snapshot.annotations.values_list("pk", flat=True))
        for table in LABELS:
            rows = list(read(snapshot, table))
            assert len(rows) == len(kept[snapshot.sha256][table])
            for row in rows:
                answer = answers[row["annotation_id"]]
                assert answer.pk in named
                assert answer.task.prompt_id == row["prompt_id"]
                assert row["annotator"] == str(answer.annotator_id)
                assert answer.kind == row["kind"]
        for row in read(snapshot, "prompts"):
            assert prompts[row["prompt_id"]].sha256 == row["sha256"]


def no_old_ids(folder: Path, made: Contents) -> list[str]:
    """Numbers that are ids of where the project came from."""
    found = []
    for name, table in made.tables.items():
        for line in contents.table_file(folder, name).read_text().splitlines():
            row = dict(zip(table.columns, json.loads(line), strict=True))
            row.pop("moved", None)  # says what was before
            found += [f"{name}: {number}" for number in OLD.findall(json.dumps(row))]
    return found


def test_what_does_not_fit_or_is_cut_short_leaves_nothing(
    there: str,
    then_at_work: Then,  # noqa: F811
    settings: LazySettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "project"
    with pytest.raises(RondoError, match="has not ended: wait for it, or cancel it"):
        export("kitchen", tmp_path / "running", originals=False, tell=quiet)
    settings.ARTIFACTS = tmp_path / "artifacts"
    shutil.copytree(then_at_work.folder / "artifacts", settings.ARTIFACTS)
    fill(Project.objects.get(slug="kitchen"))
    made = export("kitchen", folder, originals=False, tell=quiet)
    assert "labeling.promptoriginal" not in made.tables
    settings.ARTIFACTS = tmp_path / "there"
    with in_database(there):
        url = here()
        connection.close()
        empty = digests(url)

        def refused(**more: Any) -> str:
            with pytest.raises(RondoError) as error:
                bring(folder, **{"manager": "mia@example.org", "tell": quiet, **more})
            connection.close()
            assert digests(url) == empty
            return str(error.value)

        said = (folder / contents.NAME).read_text()
        for change, reason in {
            ('"format": 1', '"format": 2'): "is a project of format 2, this Rondo reads up to 1",
            ('"active_seconds"', '"passive_seconds"'): "both servers have to be of one version",
            ('"0042_originals"', '"9999_later"'): "which is newer than this one",
            ('"ranking"', '"sorting"'): "tasks of the kind sorting",
        }.items():
            (folder / contents.NAME).write_text(said.replace(*change))
            assert reason in refused()
        (folder / contents.NAME).write_text(said)
        assert "Nobody here has the address" in refused(manager="nobody@example.org")
        assert "There is a project garden here" in refused(slug="garden")
        assert "give another name with --name" in refused(name="Garden")
        table = contents.table_file(folder, "labeling.prompt")
        text = table.read_text()
        table.write_text(text.replace("e", "a", 1))
        assert "labeling.prompt.jsonl is damaged" in refused()
        table.write_text(text)

        def fail(*_: Any) -> None:
            raise RondoError("the end")

        with monkeypatch.context() as patch:
            patch.setattr(people, "keep_names", fail)
            assert refused() == "the end"
        killed_at("labeling.review", folder, url, tmp_path)
        assert digests(url) == empty
        moved, _made = bring(
            folder, manager="mia@example.org", slug="kitchen-2", name="Kitchen 2", tell=quiet
        )
        assert (moved.slug, moved.name, moved.family.name) == (
            "kitchen-2",
            "Kitchen 2",
            "kitchen-2",
        )
        copied, _made = bring(
            folder, manager="mia@example.org", slug="kitchen-3", name="Kitchen 3", tell=quiet
        )
        alike(rows_of(moved), rows_of(copied), {})


def killed_at(table: str, folder: Path, url: str, tmp_path: Path) -> None:
    """The command, killed when it has come to this table."""
    words = ["import_project", str(folder), "--manager=mia@example.org", "-v2"]
    with subprocess.Popen(
        [sys.executable, "-u", "manage.py", *words],
        cwd=ROOT,
        env=environment(url, tmp_path / "killed"),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert table in map(str.strip, process.stdout)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
