"""Tables of the contract as Parquet files, written and read in constant memory.

pyarrow is loaded when the first file is written or read: at the start it would cost each web and
Celery process half a second and 40 MB.
"""

import sys
from collections.abc import Iterable, Iterator
from importlib.abc import MetaPathFinder
from itertools import islice
from pathlib import Path
from typing import Any

from training.contract.tables import Table

Row = dict[str, Any]
ROWS_PER_GROUP = 1000


class _Absent(MetaPathFinder):
    """Modules that cannot be imported."""

    def find_spec(self, name: str, *_: object) -> None:
        if name in {"numpy", "pandas"}:
            raise ModuleNotFoundError(f"{name} is not for this process", name=name)


def do_without_numpy() -> None:
    """Let pyarrow load neither NumPy nor pandas in this process: 60 MB less once it is used.

    It loads them wherever they are installed; nothing but trainers, processes of their own, needs
    them. For web and Celery processes, before they read or write a file.
    """
    sys.meta_path.insert(0, _Absent())


def write_rows(path: Path, rows: Iterable[Row], table: Table) -> int:
    """Write the columns of `table` into a new file, in groups of constant size; return how many.

    A row may have further keys, which are left out, and lack those of optional columns. ValueError
    when it lacks another; ArrowInvalid, a ValueError too, when a value has another type.
    """
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    schema = table.schema(pa)
    required = {name for name, column in table.columns.items() if not column.optional}
    count = 0
    remaining = iter(rows)
    with pq.ParquetWriter(path, schema) as writer:
        while chunk := list(islice(remaining, ROWS_PER_GROUP)):
            for row in chunk:
                if missing := required - row.keys():
                    raise ValueError(f"{path.name}: a row has no {', '.join(sorted(missing))}")
            writer.write_table(pa.Table.from_pylist(chunk, schema=schema))
            count += len(chunk)
    return count


def read_rows(path: Path, table: Table) -> Iterator[Row]:
    """The rows of a file, in order, with the columns of `table`.

    None stands for what an optional column would have; ValueError when another is missing.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415

    with pq.ParquetFile(path) as file:
        missing = [name for name in table.columns if name not in file.schema_arrow.names]
        if needed := [name for name in missing if not table.columns[name].optional]:
            raise ValueError(f"{path.name} has no column {', '.join(needed)}")
        wanted = [name for name in table.columns if name not in missing]
        for batch in file.iter_batches(batch_size=ROWS_PER_GROUP, columns=wanted):
            for row in batch.to_pylist():
                yield {name: row.get(name) for name in table.columns}
