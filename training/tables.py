"""Tables of the contract as Parquet files."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from training.contract.manifest import put_in_place
from training.contract.said import say
from training.contract.tables import Table
from training.errors import BadInputError


def read(path: Path, table: Table) -> list[dict[str, Any]]:
    """All rows; BadInputError unless the file's columns are those of `table`, with their types.

    None stands for what an optional column would have, in files that lack it.
    """
    try:
        found = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise BadInputError(say("{name}: {error}", name=path.name, error=error)) from error
    stated = table.schema(pa)
    for name in stated.names:
        if table.columns[name].optional and name not in found.schema.names:
            nothing = pa.nulls(found.num_rows, stated.field(name).type)
            found = found.append_column(stated.field(name), nothing)
    for name in [*stated.names, *found.schema.names]:
        ours, theirs = (
            schema.field(name).type if name in schema.names else "missing"
            for schema in (stated, found.schema)
        )
        if ours != theirs:
            raise BadInputError(
                say(
                    "{name}: column {column} is {theirs}, not {ours}",
                    name=path.name,
                    column=name,
                    theirs=theirs,
                    ours=ours,
                )
            )
    rows: list[dict[str, Any]] = found.to_pylist()
    return rows


def write(path: Path, rows: Sequence[Mapping[str, Any]], table: Table) -> None:
    """Write `path`, which is whole or not there; what `table` does not have is left out."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    temporary = path.with_name(f"tmp-{path.name}")
    try:
        pq.write_table(pa.Table.from_pylist(list(rows), schema=table.schema(pa)), temporary)
        put_in_place(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
