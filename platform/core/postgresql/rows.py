"""Model instances from SQL written by hand, for the few statements that each request waits for.

The ORM takes longer to build such a statement than PostgreSQL to run it, and PostgreSQL longer to
plan it: so each connection has them prepared.
"""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models

from core.postgresql.base import DatabaseWrapper

M = TypeVar("M", bound=models.Model)


class Columns(Generic[M]):
    """All columns of a model's table under an alias: in an f-string, what a statement selects."""

    def __init__(self, model: type[M], alias: str) -> None:
        self._model = model
        self._fields = list(model._meta.concrete_fields)
        self._names = [field.attname for field in self._fields]
        self._sql = ", ".join(f"{alias}.{field.column}" for field in self._fields)

    def __str__(self) -> str:
        return self._sql

    def read(self, row: Iterator[Any]) -> M:
        """The instance that the next values of `row` make."""
        values = [
            json.loads(value) if isinstance(field, models.JSONField) and value else value
            for field, value in zip(self._fields, islice(row, len(self._fields)), strict=True)
        ]
        return self._model.from_db(DEFAULT_DB_ALIAS, self._names, values)

    def read_outer(self, row: Iterator[Any]) -> M | None:
        """The same for a table that is joined from outside: None where it had no row."""
        found = self.read(row)
        return found if found.pk is not None else None


def first_row(sql: str, parameters: dict[str, Any]) -> Iterator[Any] | None:
    """The values of a statement's first row; None where it has no row.

    sql: always the same text for the same statement: a connection keeps a hundred prepared.
    """
    wrapper = connections[DEFAULT_DB_ALIAS]
    assert isinstance(wrapper, DatabaseWrapper)
    with wrapper.preparing_cursor() as cursor:
        cursor.execute(sql, parameters)
        row = cursor.fetchone()
    return None if row is None else iter(row)
