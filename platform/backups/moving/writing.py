"""Rows of another server as rows here, by COPY: values as they are, ids as they have become."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import NOT_PROVIDED, ForeignKey, JSONField

from accounts.models import User
from backups.moving.ids import Ids
from backups.moving.tables import BODIES, Table
from core.errors import BadInputError
from core.places import replaced
from labeling.kinds import kinds
from labeling.models import Annotation, Completion, Prompt
from rounds import moved

AS_THEY_ARE = (JSONField, ArrayField)


@dataclass(kw_only=True)
class Reading:
    """What is known while the tables are read. project: columns that the project gets instead.

    kinds: the kind of each task, by its id there.
    """

    ids: Ids
    project: Mapping[str, str]
    kinds: dict[int, str] = field(default_factory=dict)


def copy_in(table: Table, columns: list[str], lines: Iterable[list[Any]], reading: Reading) -> None:
    """Write the rows of one table. A column that is new since begins as in a new row."""
    fields: dict[str, Any] = {each.attname: each for each in table.model._meta.concrete_fields}
    begun = [each for each in fields.values() if _begins(table, each, columns)]
    quoted = [
        connection.ops.quote_name(each.column)
        for each in [*(fields[name] for name in columns), *begun]
    ]
    name = connection.ops.quote_name(table.model._meta.db_table)
    with (
        connection.wrap_database_errors,  # COPY alone raises psycopg's
        connection.cursor() as cursor,
        cursor.copy(f"COPY {name} ({', '.join(quoted)}) FROM STDIN") as copy,
    ):
        for line in lines:
            row = _here(table, dict(zip(columns, line, strict=True)), reading)
            values = [_stored(fields[column], row[column]) for column in columns]
            copy.write_row([*values, *(_stored(each, each.get_default()) for each in begun)])


def _begins(table: Table, column: Any, columns: list[str]) -> bool:
    """Whether a column that did not come has a value of Django's; else it is the database's."""
    if column.attname in columns or column.primary_key:
        return False
    if column.default is not NOT_PROVIDED:
        return True
    if not column.null and column.db_default is NOT_PROVIDED:
        raise BadInputError(
            f"{table.name} has no {column.name}: both servers have to be of one version"
        )
    return False


def _here(table: Table, row: dict[str, Any], reading: Reading) -> dict[str, Any]:
    """A row with the ids of rows here."""
    found, of = dict(row), reading.ids.of
    for column in table.columns:
        name = column.attname
        if row.get(name) is None:
            continue
        if isinstance(column, ForeignKey):
            found[name] = of(column.remote_field.model)(row[name])
        elif column.primary_key:
            found[name] = of(table.model)(row[name])
        for place, model in table.refers.get(column.name, ()):
            found[name] = replaced(found[name], place, of(model))
    if (said := BODIES.get(table.name)) is not None:
        kind = row["kind"] if "kind" in row else reading.kinds[row["task_id"]]
        found[said] = kinds()[kind].moved(row[said], of(Completion))
    return found | _special(table, row, reading)


def _special(table: Table, row: dict[str, Any], reading: Reading) -> dict[str, Any]:
    """What is more than an id in a few tables."""
    match table.name:
        case "labeling.project":
            return dict(reading.project)
        case "labeling.task":
            reading.kinds[row["id"]] = row["kind"]
        case "labeling.annotation":
            # Nobody sends it again here; labels of files have one annotator in all projects, in
            # whose name a copy of this one may be here already.
            return {"client_key": uuid4()}
        case "rounds.snapshot":
            return {"moved": _moved(row.get("moved") or {}, reading.ids)}
    return {}


def _moved(before: Mapping[str, Any], ids: Ids) -> dict[str, Any]:
    """How the ids in a snapshot's files became those here."""
    blocks = {"annotation_id": ids.blocks.get(Annotation), "prompt_id": ids.blocks.get(Prompt)}
    added = {name: block.added if block else 0 for name, block in blocks.items()}
    return moved.further(before, added, ids.chosen[User])


def _stored(column: Any, value: Any) -> Any:
    """A value as COPY takes it: JSON and arrays as they are, of all else what the text means."""
    is_plain = isinstance(column, AS_THEY_ARE)
    return column.get_db_prep_save(value if is_plain else column.to_python(value), connection)
