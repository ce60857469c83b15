"""The formats of an export: what each makes of JSON lines, a piece at a time."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from api.exports.comma_separated import comma_separated
from api.exports.parquet import parquet
from labeling.datasets import ColumnType

CONTENT_TYPES = {
    "jsonl": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv; charset=utf-8",
}
Encoder = Callable[[Iterable[bytes], Mapping[str, ColumnType]], Iterator[bytes]]
ENCODERS: dict[str, Encoder] = {
    "jsonl": lambda lines, columns: iter(lines),
    "parquet": parquet,
    "csv": comma_separated,
}
