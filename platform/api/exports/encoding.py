"""Rows as bytes: JSON lines and Parquet, both a piece at a time."""

import io
import json
from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from api.exports.datasets import Row

ROWS_PER_GROUP = 5_000
CONTENT_TYPES = {
    "jsonl": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
}


def jsonl(pages: Iterable[list[Row]], schema: pa.Schema) -> Iterator[bytes]:
    """One JSON object a line, UTF-8, keys in the order of the schema."""
    names = schema.names
    for page in pages:
        lines = (
            json.dumps({name: row[name] for name in names}, ensure_ascii=False, allow_nan=False)
            for row in page
        )
        yield "".join(f"{line}\n" for line in lines).encode("utf-8")


def parquet(pages: Iterable[list[Row]], schema: pa.Schema) -> Iterator[bytes]:
    """A Parquet file in row groups of some thousand rows; its footer comes last."""
    sink = _Drain()
    waiting: list[Row] = []
    with pq.ParquetWriter(sink, schema, compression="zstd") as writer:
        for page in pages:
            waiting += page
            if len(waiting) >= ROWS_PER_GROUP:
                writer.write_table(pa.Table.from_pylist(waiting, schema=schema))
                waiting = []
                yield sink.take()
        if waiting:
            writer.write_table(pa.Table.from_pylist(waiting, schema=schema))
    yield sink.take()


ENCODERS = {"jsonl": jsonl, "parquet": parquet}


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
