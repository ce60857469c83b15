"""One computation of a project at a time, whoever begins it and however it ends."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

KEY = "hashtextextended(%s, 0)"


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
