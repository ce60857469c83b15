"""The upgrade by a backup: of an installation of then, restored and migrated by the code of now.

It leads to the same rows as the upgrade in place, whose result the other tests of this folder use.
"""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from backups import contents
from labeling.models import Annotation, Project
from tests.backups.stack import digests, here, manage
from tests.upgrade.conftest import COPY, Then, in_database, on_server

BEFORE, AFTER = "rondo_walk_then", "rondo_walk_now"
# When a migration was run, for which release, and how long the tests' tokens are valid.
OF_THE_WAY = {"django_migrations", "jobs_release", "accounts_apitoken"}


@pytest.fixture
def databases(then_at_work: Then) -> Iterator[None]:
    """One as then's version left it, which nothing of now has migrated, and an empty one."""
    for name in (BEFORE, AFTER):
        on_server(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    with in_database(BEFORE), connection.cursor() as cursor:
        cursor.execute((then_at_work.folder / "database.sql").read_text(encoding="utf-8"))
    yield
    for name in (BEFORE, AFTER):
        on_server(f"DROP DATABASE {name} WITH (FORCE)")


def address(database: str) -> str:
    return here().replace(COPY, database)


@pytest.mark.slow
def test_a_backup_of_then_becomes_an_installation_of_now(
    then_at_work: Then, databases: None, tmp_path: Path
) -> None:
    old, new, in_place = address(BEFORE), address(AFTER), here()
    connection.close()
    untouched = digests(old)

    code, said = manage("backup", tmp_path / "backup", url=old, folder=then_at_work.folder)
    assert code == 0, said
    assert digests(old) == untouched
    code, said = manage("restore", tmp_path / "backup", url=new, folder=tmp_path / "now")
    assert code == 0, said

    made = contents.read(tmp_path / "backup")
    assert (made.missing, len(made.artifacts) > 5) == ({}, True)
    assert made.tables["labeling_annotation"] > 20
    for database in (AFTER, COPY):  # what a migration draws at random: pseudonyms follow from it
        with in_database(database):
            Project.objects.update(pseudonym_key=uuid.UUID(int=0))
    with in_database(AFTER):
        call_command("migrate", verbosity=0, check_unapplied=True)
        labels = set(Annotation.objects.values_list("pk", flat=True))
    assert labels == {int(pk) for pk in then_at_work.work["trained"]}
    found, expected = digests(new), digests(in_place)
    assert rows(found) == rows(expected)
    assert manage("verify", url=new, folder=tmp_path / "now")[0] == 0


def rows(found: dict[str, Any]) -> dict[str, Any]:
    """Without what differs from one upgrade to the next."""
    return {name: told for name, told in found.items() if name not in OF_THE_WAY}
