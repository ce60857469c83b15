"""Many rows written at once by COPY: an INSERT of as many takes three times as long."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

from django.db import IntegrityError, connection, models
from django.utils.translation import gettext as _
from psycopg.errors import UniqueViolation

from core.errors import ConflictError


def keys(*wanted: tuple[type[models.Model], int]) -> list[list[int]]:
    """Of each model so many keys of new rows, which nobody else gets."""
    # The sequence is looked up once, in a query of its own: else for each key.
    some = (
        "array(SELECT nextval((SELECT pg_get_serial_sequence(%s, 'id')::regclass))"
        " FROM generate_series(1, %s))"
    )
    tables = [(model._meta.db_table, count) for model, count in wanted]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join([some] * len(tables))}", list(chain(*tables)))
        return list(cursor.fetchone())


def copy(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows with these fields; the others take the database's defaults.

    rows: what makes them as they are asked for asks the database nothing, which waits for them.
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
