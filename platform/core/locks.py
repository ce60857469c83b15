"""Waiting for others who do the same, where a look and a write must not be parted."""

from django.db import connection


def one_at_a_time(what: str) -> None:
    """Wait until no other transaction does `what`; the others wait for the end of this one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])
