"""The suite runs against a real PostgreSQL and Valkey, started here unless URLs are given."""

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management.commands import flush
from django.db import OperationalError
from django.utils import translation
from psycopg.errors import DeadlockDetected

import core.health
import core.translations
import workers.tasks  # noqa: F401  registers the tasks, so that sending by name works
from core.postgresql.base import Operations
from tests import emptying, order
from tests.browser import chromium, open_page, watch  # noqa: F401  fixtures
from tests.upgrade.upgraded import upgraded  # noqa: F401  a fixture
from tests.web_server import start_server  # noqa: F401  a fixture

# Each process of the tests would compile all modules again where the environment says so.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# Before Django reads the catalogs.
core.translations.build(Path(__file__).resolve().parents[1])


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL of this session's own."""
    if given := os.environ.get("RONDO_TEST_DATABASE_URL"):
        yield given
        return
    from embedded.servers import start_postgres

    server = start_postgres(tmp_path_factory.mktemp("postgres"), durable=False)
    yield server.url
    server.stop()


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Valkey of this session's own; it is also Celery's broker."""
    from celery import current_app

    from embedded.servers import start_valkey

    server = start_valkey(tmp_path_factory.mktemp("valkey"))
    current_app.conf.broker_url = server.url
    yield server.url
    server.stop()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(postgres_url: str) -> None:
    """Point Django at the session's PostgreSQL just before the test database is made."""
    from django.conf import settings
    from django.db import connections

    from config import env

    entry = env.database(postgres_url)
    settings.DATABASES["default"].update(entry)
    connections["default"].settings_dict.update(entry)


@pytest.fixture(autouse=True, scope="session")
def emptied_again() -> Iterator[None]:
    """Tables are emptied while workers of the session live: each may hold what the other wants."""
    execute = Operations.execute_sql_flush

    def again(self: Operations, sql_list: list[str]) -> None:
        for _ in range(5):
            try:
                execute(self, sql_list)
            except OperationalError as error:
                if not isinstance(error.__cause__, DeadlockDetected):
                    raise
            else:
                return
        pytest.fail("the tables could not be emptied: deadlocks, five times")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Operations, "execute_sql_flush", again)
        patch.setattr(Operations, "sql_flush", emptying.statements)
        patch.setattr(flush, "emit_post_migrate_signal", emptying.note_release)
        yield


@pytest.fixture(autouse=True)
def artifact_folders(tmp_path: Path, settings) -> None:  # type: ignore[no-untyped-def]
    """Artifacts and job folders of each test in a folder of its own."""
    settings.ARTIFACTS = tmp_path / "artifacts"
    settings.JOBS = tmp_path / "jobs"


@pytest.fixture(autouse=True)
def queue_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most tests have no broker, and pages would tell managers so."""
    monkeypatch.setattr(core.health.broker, "answered", lambda: True)


@pytest.fixture(autouse=True)
def default_language() -> Iterator[None]:
    """A page in another language leaves it to the thread: the next test begins in English."""
    yield
    translation.deactivate()


@pytest.hookimpl(wrapper=True)
def pytest_collection():  # type: ignore[no-untyped-def]
    """What is loaded stays: looking through it for garbage takes a second each time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several processes share the tests."""
    if hasattr(config, "workerinput"):
        order.longest_first(items)


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable():  # type: ignore[no-untyped-def]
    """A report travels to the process that prints it as UTF-8, whatever the test has written."""
    return _printable((yield))


def _printable(value: Any) -> Any:
    match value:
        case str():
            return value.encode(errors="backslashreplace").decode()
        case dict():
            return {key: _printable(each) for key, each in value.items()}
        case list() | tuple():
            return type(value)(map(_printable, value))
    return value
