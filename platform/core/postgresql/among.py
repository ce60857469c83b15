"""Rows by very many values: sent as one array, where `__in` makes a parameter of each."""

from collections.abc import Collection

from django.db.models import BooleanField, Func, Value


class Among(Func):
    """Whether a field has one of the values, for `filter()`: `field = ANY(array)`.

    Of thousands of values Django and psycopg look at each parameter several times before PostgreSQL
    sees the first one: longer than PostgreSQL takes to find the rows. So does psycopg at each item
    of a list, which is why the array goes as the text that PostgreSQL reads.
    """

    template = "%(expressions)s)"
    arg_joiner = " = ANY("

    def __init__(self, field: str, values: Collection[str | int]) -> None:
        super().__init__(field, Value(_array(values)), output_field=BooleanField())


def _array(values: Collection[str | int]) -> str:
    """As https://www.postgresql.org/docs/18/arrays.html#ARRAYS-IO says, each item in quotes."""
    items = [str(value).replace("\\", "\\\\").replace('"', '\\"') for value in values]
    return '{"' + '","'.join(items) + '"}' if items else "{}"
