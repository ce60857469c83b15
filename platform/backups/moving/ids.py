"""Ids of rows: of a table all grow by one number, so that their order and distances stay.

The block is taken from the table's sequence before anything is written: rows that others add
meanwhile, or an import that is killed, cost numbers and nothing else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.db import OperationalError, connection, transaction
from django.db.models import AutoField, BigAutoField, Model

from core.errors import ConflictError

WAIT = "10s"  # for those who are writing into the table


@dataclass(frozen=True, kw_only=True)
class Block:
    """The ids from `first` to `last` grow by `added`."""

    first: int
    last: int
    added: int


@dataclass(frozen=True, kw_only=True)
class Ids:
    """What each id becomes. chosen: of rows that are found or made one by one."""

    blocks: Mapping[type[Model], Block]
    chosen: dict[type[Model], dict[int, int]] = field(default_factory=dict)

    def of(self, model: type[Model]) -> Callable[[int], int]:
        """What gives the id here of a row of `model`; 0, which no row has, where it did not move.

        A row that shares its key with another's has the id of that one.
        """
        chosen, block = self.chosen.get(model, {}), self.blocks.get(model)

        def to(pk: int) -> int:
            if pk in chosen:
                return chosen[pk]
            return pk + block.added if block and block.first <= pk <= block.last else 0

        return to


def has_own(model: type[Model]) -> bool:
    """Whether its ids come from a sequence of its own."""
    return isinstance(model._meta.pk, AutoField | BigAutoField)


def take(model: type[Model], *, first: int, last: int) -> Block:
    """Take as many ids for `model` as there are from `first` to `last`: they are nobody else's.

    ConflictError where others write into its table for longer than one can wait.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    key = model._meta.pk.column
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{WAIT}'")
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, %s))", [table, key])
            begin = int(cursor.fetchone()[0])
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, %s), %s)",
                [table, key, begin + last - first],
            )
    except OperationalError as error:
        raise ConflictError(
            f"Others are writing into {table} for long: try again when they have ended ({error})"
        ) from error
    return Block(first=first, last=last, added=begin - first)
