"""One at a time, where a look and a write must not be parted: with waiting, and without."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

KEY = "hashtextextended(%s, 0)"


def one_at_a_time(what: str) -> None:
    """Wait until no other transaction does `what`; the others wait for the end of this one."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock({KEY})", [what])


@contextmanager
def held(what: str) -> Iterator[bool]:
    """Whether this session has `what` for itself; nobody waits. Ends with the session at last."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_lock({KEY})", [what])
        (has,) = cursor.fetchone()
    try:
        yield has
    finally:
        if has:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT pg_advisory_unlock({KEY})", [what])


def alone(what: str) -> bool:
    """Whether no other transaction does `what`: then none does until the end of this one."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_xact_lock({KEY})", [what])
        (has,) = cursor.fetchone()
    return bool(has)
