"""What a version left, brought to the present schema: once for all tests, as that takes seconds."""

import json
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.models import ApiToken


@dataclass(frozen=True, kw_only=True)
class Then:
    """What a version left: `artifacts/`, `jobs/`, `expected/`. work: expected/work.json.

    database: its name, after the migrations of now.
    """

    folder: Path
    database: str
    work: dict[str, Any]

    def rows(self, dataset: str) -> list[dict[str, Any]]:
        """What an export gave."""
        lines = (self.folder / f"expected/{dataset}.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]


Upgrade = Callable[[Path], Then]


@pytest.fixture(scope="session")
def upgraded(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Upgrade]:
    """upgraded(archive): not to be changed, neither database nor folder."""
    done: dict[Path, Then] = {}

    def upgrade(archive: Path) -> Then:
        if archive not in done:
            folder = tmp_path_factory.mktemp("then")
            with django_db_blocker.unblock():
                done[archive] = _upgrade(archive, folder, f"rondo_upgraded_{len(done)}")
        return done[archive]

    yield upgrade
    with django_db_blocker.unblock():
        for then in done.values():
            on_server(f"DROP DATABASE {then.database}")


def _upgrade(archive: Path, folder: Path, database: str) -> Then:
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    on_server(f"DROP DATABASE IF EXISTS {database}", f"CREATE DATABASE {database}")
    with in_database(database):
        with connection.cursor() as cursor:
            cursor.execute((folder / "database.sql").read_text(encoding="utf-8"))
        call_command("migrate", verbosity=0, interactive=False)
        # Time has passed since: what was valid then is valid now.
        tokens = ApiToken.objects.filter(revoked_at=None)
        tokens.update(expires_at=timezone.now() + timedelta(days=1))
    work = json.loads((folder / "expected/work.json").read_text(encoding="utf-8"))
    return Then(folder=folder, database=database, work=work)


def on_server(*statements: str) -> None:
    """Run statements that belong to no database."""
    connection.close()
    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def in_database(name: str) -> Iterator[None]:
    """Django's connection leads to another database of the server."""
    connection.close()
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
