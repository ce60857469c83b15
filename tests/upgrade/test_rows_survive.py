"""Rows of every table of an earlier version: migrated whole, and shown to whoever may see them."""

import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import connection, transaction

from accounts.models import User
from labeling.labeled_files import parse_file
from labeling.models import PromptUpload
from labeling.uploads import opened
from tests.access.rules import PEOPLE, RULES, answer, ask, expected
from tests.upgrade.conftest import in_database, on_server

ARCHIVES = sorted((Path(__file__).parent / "data" / "rows").glob("*.tar.xz"))
DATABASE = "rondo_rows"
# A file that waits for its confirmation while the upgrade runs.
UPLOAD = """INSERT INTO labeling_promptupload
  (name, content, encoding, format, created_at, project_id, uploaded_by_id)
  SELECT 'eggs.jsonl', '{"prompt": "Egg?"}', '', '', now(), project_id, user_id
  FROM labeling_membership WHERE role = 'manager' LIMIT 1"""
OF_THE_KEY = {"link", "reset", "stop"}  # signed by the SECRET_KEY of then
COLUMNS = """SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position)
  FROM information_schema.columns WHERE table_schema = 'public' GROUP BY 1"""
# Written at each upgrade.
OF_UPGRADES = {"django_migrations", "django_content_type", "auth_permission", "jobs_release"}
# These rows come without files.
OF_FILES = {
    *("snapshot_folder", "api:download_snapshot_archive", "api:download_snapshot_file"),
    *("api:download_model_file", "api:download_corpus_file"),
}


@dataclass(frozen=True, kw_only=True)
class Rows:
    """What each table held before the migrations and holds after, column by column; the scene."""

    before: dict[str, dict[str, Any]]
    after: dict[str, dict[str, Any]]
    people: dict[str, int | None]
    keys: dict[str, dict[str, Any]]


@pytest.fixture(scope="module", params=ARCHIVES, ids=lambda path: path.name.partition(".")[0])
def rows(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Rows]:
    """A database of then, after the migrations of now."""
    with tarfile.open(request.param) as archive:
        sql, scene = (
            archive.extractfile(name).read().decode()  # type: ignore[union-attr]
            for name in ("database.sql", "scene.json")
        )
    with django_db_blocker.unblock():
        on_server(f"DROP DATABASE IF EXISTS {DATABASE}", f"CREATE DATABASE {DATABASE}")
        with in_database(DATABASE):
            with connection.cursor() as cursor:
                cursor.execute(sql)
                cursor.execute(UPLOAD)
            before = held()
            call_command("migrate", verbosity=0, interactive=False)
            found = Rows(before=before, after=held(), **json.loads(scene))
    yield found
    with django_db_blocker.unblock():
        on_server(f"DROP DATABASE {DATABASE}")


def held() -> dict[str, dict[str, Any]]:
    """Table -> column -> its values, in the order of the rows' first columns."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        tables = [(name, columns) for name, columns in cursor.fetchall() if name not in OF_UPGRADES]
        found = {}
        for table, columns in tables:
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY "{columns[0]}"')  # noqa: S608
            names, rows = [each.name for each in cursor.description], cursor.fetchall()
            found[table] = dict(zip(names, map(list, zip(*rows, strict=True)), strict=False))
    return found


def test_every_value_is_there(rows: Rows) -> None:
    """Of the columns that there still are; a table that is given up says so here."""
    kept = {
        table: {name: values for name, values in columns.items() if name in rows.after[table]}
        for table, columns in rows.before.items()
    }
    assert {
        table: {name: rows.after[table][name] for name in columns}
        for table, columns in kept.items()
    } == kept
    assert sum(len(columns) > 0 for columns in kept.values()) > 60  # tables with rows


def test_a_file_that_waits_is_there(rows: Rows) -> None:
    with opened(PromptUpload.objects.get()) as file:
        file.seek(0)
        assert parse_file(file).rows[0].last_text == "Egg?"


def test_each_role_sees_what_it_saw(rows: Rows, settings: LazySettings, tmp_path: Path) -> None:
    settings.ARTIFACTS = tmp_path
    found = {}
    with transaction.atomic():
        people = {name: User.objects.filter(pk=pk).first() for name, pk in rows.people.items()}
        signs = rows.keys.keys() - OF_THE_KEY
        for name, rule in RULES.items():
            if rule.method == "GET" and rule.sign in signs and name not in OF_FILES:
                for person in PEOPLE:
                    response = ask(name, rule, rows.keys[rule.sign], people[person])
                    if answer(response) != expected(rule, person):
                        found[f"{person} {name}"] = response.status_code
        transaction.set_rollback(True)
    assert found == {}


@pytest.fixture(autouse=True)
def in_rows(rows: Rows, django_db_blocker: Any) -> Iterator[None]:
    """Queries go to the database of then."""
    with django_db_blocker.unblock(), in_database(DATABASE):
        yield
