"""Model instances from SQL written by hand, for the few statements that each answer waits for.

The ORM takes longer to build such a statement than PostgreSQL to run it.
"""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models

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


def first_row(sql: str, parameters: dict[str, Any]) -> Iterator[Any] | None:
    """The values of a statement's first row; None where it has no row."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        row = cursor.fetchone()
    return None if row is None else iter(row)
