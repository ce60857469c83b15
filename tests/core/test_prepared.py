"""Statements that each request waits for are planned once for a connection."""

import pytest
from django.db import connection

from accounts.models import User
from accounts.sessions import SESSION, USER
from core.postgresql.rows import first_row

pytestmark = pytest.mark.django_db


def prepared() -> list[str]:
    """What this connection has prepared."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements ORDER BY prepare_time")
        return [row[0] for row in cursor.fetchall()]


def test_a_statement_is_prepared_at_once_and_once() -> None:
    sql = "SELECT %(number)s::int + 1 AS one_more"
    found = [first_row(sql, {"number": number}) for number in (1, 2, 3)]

    assert [list(row or []) for row in found] == [[2], [3], [4]]
    assert [each for each in prepared() if "one_more" in each] == ["SELECT $1::int + 1 AS one_more"]


def test_what_django_asks_is_not_prepared() -> None:
    before = prepared()
    for number in range(10):
        assert not User.objects.filter(pk=-number).exists()

    assert prepared() == before


def test_a_row_joined_from_outside_may_be_missing() -> None:
    sql = f"""
        SELECT {SESSION}, {USER} FROM (SELECT 1) AS one
        LEFT JOIN accounts_session s ON false LEFT JOIN accounts_user u ON false
    """
    row = first_row(sql, {})

    assert row is not None
    assert SESSION.read_outer(row) is None
    assert USER.read_outer(row) is None
    assert list(row) == []


def test_nothing_of_what_django_asks_stays_with_its_connection() -> None:
    """A text of megabytes among the values would stay for a hundred statements."""
    first_row("SELECT 1 AS number", {})
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s", ["x" * 2**20])

    kept = connection.connection._prepared
    assert list(kept._counts) == []
    assert b"SELECT 1 AS number" in [statement for statement, _types in kept._names]
