"""Rows as bytes: JSON lines and Parquet, both a piece at a time."""

from collections.abc import Callable, Iterable, Iterator, Mapping

import orjson

from api.exports.parquet import parquet
from labeling.datasets import ColumnType, Row

CONTENT_TYPES = {
    "jsonl": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
}
Columns = Mapping[str, ColumnType]
Encoder = Callable[[Iterable[list[Row]], Columns], Iterator[bytes]]


def jsonl(pages: Iterable[list[Row]], columns: Columns) -> Iterator[bytes]:
    """One JSON object a line, UTF-8."""
    for page in pages:
        yield b"".join([orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in page])


ENCODERS: dict[str, Encoder] = {
    "jsonl": jsonl,
    "parquet": lambda pages, columns: parquet(jsonl(pages, columns), columns),
}
