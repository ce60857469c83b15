"""Rows as bytes: JSON lines and Parquet, both a piece at a time."""

from collections.abc import Callable, Iterable, Iterator, Mapping

import orjson

from api.exports.reading import Values
from labeling.datasets import ColumnType

CONTENT_TYPES = {
    "jsonl": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
}
Columns = Mapping[str, ColumnType]
Encoder = Callable[[Iterable[list[Values]], Columns], Iterator[bytes]]


def jsonl(pages: Iterable[list[Values]], columns: Columns) -> Iterator[bytes]:
    """One JSON object a line, UTF-8, keys in the order of the columns."""
    for page in pages:
        yield b"".join(
            [
                orjson.dumps(dict(zip(columns, row, strict=True)), option=orjson.OPT_APPEND_NEWLINE)
                for row in page
            ]
        )


def parquet(pages: Iterable[list[Values]], columns: Columns) -> Iterator[bytes]:
    """A Parquet file; what writes it takes 60 MB and is loaded with the first one."""
    from api.exports.parquet import write  # noqa: PLC0415

    return write(pages, columns)


ENCODERS: dict[str, Encoder] = {"jsonl": jsonl, "parquet": parquet}
