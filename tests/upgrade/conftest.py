"""What an earlier version left behind, in the tests' PostgreSQL and brought to the present schema.

Each archive in `data/` is one version; README.md says how they are made.
"""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import transaction

from tests.upgrade.upgraded import Then, Upgrade, in_database, on_server

ARCHIVES = sorted((Path(__file__).parent / "data").glob("*.tar.xz"))
COPY = "rondo_upgraded_copy"


@pytest.fixture(scope="module", params=ARCHIVES, ids=lambda path: path.name.partition(".")[0])
def migrated(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, upgraded: Upgrade
) -> Then:
    """A database of then, after the migrations of now; its files are copies of this module's."""
    then = upgraded(request.param)
    folder = tmp_path_factory.mktemp("then") / "copy"
    shutil.copytree(then.folder, folder)
    return replace(then, folder=folder)


@pytest.fixture
def then(migrated: Then, settings: LazySettings, django_db_blocker: Any) -> Iterator[Then]:
    """The upgraded installation; each test takes back what it changes in the database."""
    settings.ARTIFACTS, settings.JOBS = migrated.folder / "artifacts", migrated.folder / "jobs"
    with django_db_blocker.unblock(), in_database(migrated.database), transaction.atomic():
        yield migrated
        transaction.set_rollback(True)


@pytest.fixture
def then_at_work(
    migrated: Then, settings: LazySettings, valkey_url: str, django_db_blocker: Any
) -> Iterator[Then]:
    """The same in a database of its own, for what commits."""
    settings.ARTIFACTS, settings.JOBS = migrated.folder / "artifacts", migrated.folder / "jobs"
    with django_db_blocker.unblock():
        on_server(
            f"DROP DATABASE IF EXISTS {COPY}",
            f"CREATE DATABASE {COPY} TEMPLATE {migrated.database}",
        )
        with in_database(COPY):
            yield migrated
        on_server(f"DROP DATABASE {COPY} WITH (FORCE)")
