"""An upgrade that is killed half-way goes on where it was."""

import tarfile
from itertools import chain
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from tests.upgrade.conftest import ARCHIVES, in_database, on_server

HALF = "rondo_half_upgraded"


@pytest.fixture
def of_before(tmp_path: Path, transactional_db: None):
    """A database of an earlier version, as it was."""
    with tarfile.open(ARCHIVES[0]) as archive:
        archive.extract("database.sql", tmp_path, filter="data")
    on_server(f"DROP DATABASE IF EXISTS {HALF}", f"CREATE DATABASE {HALF}")
    with in_database(HALF):
        with connection.cursor() as cursor:
            cursor.execute((tmp_path / "database.sql").read_text(encoding="utf-8"))
        yield
    on_server(f"DROP DATABASE {HALF}")


def test_whichever_migration_it_is_killed_in(of_before, monkeypatch: pytest.MonkeyPatch):
    """Each is tried twice: the first time the process ends where it would be noted."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    steps = [step.replaces or [(step.app_label, step.name)] for step, _ in plan]
    # That a squashed migration has been made is noted once all that it replaces are there.
    due = [*chain.from_iterable(steps), *executor.loader.replacements]
    killed: list[tuple[str, str]] = []
    note = MigrationRecorder.record_applied

    def die_once(recorder: MigrationRecorder, app: str, name: str) -> None:
        if (app, name) not in killed:
            killed.append((app, name))
            raise KeyboardInterrupt
        note(recorder, app, name)

    monkeypatch.setattr(MigrationRecorder, "record_applied", die_once)
    for _ in due:
        with pytest.raises(KeyboardInterrupt):
            call_command("migrate", verbosity=0, interactive=False)
        connection.close()
    call_command("migrate", verbosity=0, interactive=False)

    assert sorted(killed) == sorted(due)
    call_command("migrate", check_unapplied=True, verbosity=0)
