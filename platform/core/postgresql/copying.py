"""Many rows written at once by COPY: an INSERT of as many takes three times as long."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, connection, models
from django.utils.translation import gettext as _
from psycopg.errors import UniqueViolation

from core.errors import ConflictError


def keys(model: type[models.Model], count: int) -> list[int]:
    """So many keys of new rows, which nobody else gets."""
    statement = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
    with connection.cursor() as cursor:
        cursor.execute(statement, [model._meta.db_table, count])
        return [key for (key,) in cursor.fetchall()]


def copy(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows with these fields; the others take the database's defaults.

    Values are as the columns have them: keys, and JSON as text. ConflictError where one is there
    already that can be there once only; what else may fail is an error of django.db.
    """
    of: Any = model._meta.get_field  # no field here is the end of another's relation
    columns = ", ".join(of(name).column for name in fields)
    statement = f"COPY {model._meta.db_table} ({columns}) FROM STDIN"
    with (
        _told(),
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.cursor.copy(statement) as copying,
    ):
        for row in rows:
            copying.write_row(row)


def check_at_once(*, at_once: bool) -> None:
    """Whether the rest of this transaction has each statement check the keys that it wrote.

    Else its end checks all of them, which after very many takes longer than an answer may.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS ALL {'IMMEDIATE' if at_once else 'DEFERRED'}")


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        if not isinstance(error.__cause__, UniqueViolation):
            raise
        raise ConflictError(
            _("Somebody else stored the same just now. Nothing is stored: try again.")
        ) from error
