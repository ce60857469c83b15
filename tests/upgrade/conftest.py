"""What an earlier version left behind, in the tests' PostgreSQL and brought to the present schema.

Each archive in `data/` is one version; README.md says how they are made.
"""

import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import ApiToken

ARCHIVES = sorted((Path(__file__).parent / "data").glob("*.tar.xz"))
UPGRADED, COPY = "rondo_upgraded", "rondo_upgraded_copy"


@dataclass(frozen=True, kw_only=True)
class Then:
    """What a version left: `artifacts/`, `jobs/`, `expected/`. work: expected/work.json."""

    folder: Path
    work: dict[str, Any]

    def rows(self, dataset: str) -> list[dict[str, Any]]:
        """What an export gave."""
        lines = (self.folder / f"expected/{dataset}.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]


@pytest.fixture(scope="module", params=ARCHIVES, ids=lambda path: path.name.partition(".")[0])
def migrated(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: Any,
) -> Iterator[Then]:
    """A database of then, after the migrations of now."""
    folder = tmp_path_factory.mktemp("then")
    with tarfile.open(request.param) as archive:
        archive.extractall(folder, filter="data")
    with django_db_blocker.unblock():
        on_server(f"DROP DATABASE IF EXISTS {UPGRADED}", f"CREATE DATABASE {UPGRADED}")
        with in_database(UPGRADED):
            with connection.cursor() as cursor:
                cursor.execute((folder / "database.sql").read_text(encoding="utf-8"))
            call_command("migrate", verbosity=0, interactive=False)
            # Time has passed since: what was valid then is valid now.
            tokens = ApiToken.objects.filter(revoked_at=None)
            tokens.update(expires_at=timezone.now() + timedelta(days=1))
    work = json.loads((folder / "expected/work.json").read_text(encoding="utf-8"))
    yield Then(folder=folder, work=work)
    with django_db_blocker.unblock():
        on_server(f"DROP DATABASE {UPGRADED}")


@pytest.fixture
def then(migrated: Then, settings: LazySettings, django_db_blocker: Any) -> Iterator[Then]:
    """The upgraded installation; each test takes back what it changes in the database."""
    settings.ARTIFACTS, settings.JOBS = migrated.folder / "artifacts", migrated.folder / "jobs"
    with django_db_blocker.unblock(), in_database(UPGRADED), transaction.atomic():
        yield migrated
        transaction.set_rollback(True)


@pytest.fixture
def then_at_work(
    migrated: Then, settings: LazySettings, valkey_url: str, django_db_blocker: Any
) -> Iterator[Then]:
    """The same in a database of its own, for what commits."""
    settings.ARTIFACTS, settings.JOBS = migrated.folder / "artifacts", migrated.folder / "jobs"
    with django_db_blocker.unblock():
        on_server(f"DROP DATABASE IF EXISTS {COPY}", f"CREATE DATABASE {COPY} TEMPLATE {UPGRADED}")
        with in_database(COPY):
            yield migrated
        on_server(f"DROP DATABASE {COPY} WITH (FORCE)")


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
