"""Rows as a Parquet file that is written as a stream."""

import io
from collections.abc import Iterable, Iterator, Mapping

import pyarrow as pa
import pyarrow.parquet as pq

from api.exports.reading import Values
from labeling.datasets import ColumnType

ROWS_PER_GROUP = 5_000
PLAIN = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


def write(pages: Iterable[list[Values]], columns: Mapping[str, ColumnType]) -> Iterator[bytes]:
    """In row groups of some thousand rows; the footer comes last."""
    schema = pa.schema([(name, arrow(kind)) for name, kind in columns.items()])
    sink = _Drain()
    waiting: list[Values] = []
    with pq.ParquetWriter(sink, schema, compression="zstd") as writer:
        for page in pages:
            waiting += page
            if len(waiting) >= ROWS_PER_GROUP:
                writer.write_table(_table(waiting, schema))
                waiting = []
                yield sink.take()
        if waiting:
            writer.write_table(_table(waiting, schema))
    yield sink.take()


def arrow(column: ColumnType) -> pa.DataType:
    """The column's type as Arrow has it."""
    if isinstance(column, list):
        return pa.list_(arrow(column[0]))
    if isinstance(column, dict):
        return pa.struct([(name, arrow(kind)) for name, kind in column.items()])
    return PLAIN[column]


def _table(rows: list[Values], schema: pa.Schema) -> pa.Table:
    values = zip(*rows, strict=True)
    arrays = [pa.array(column, field.type) for column, field in zip(values, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


class _Drain(io.RawIOBase):
    """A file that is emptied while it is written; it only ever grows at its end."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self._position = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._parts.append(bytes(data))
        self._position += len(data)
        return len(data)

    def close(self) -> None:
        """The parts stay to be taken."""

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts = []
        return taken
