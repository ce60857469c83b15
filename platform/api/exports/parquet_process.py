"""A process that turns JSON lines into a Parquet file: see api.exports.parquet.

    python parquet_process.py COLUMNS ROWS <lines >file

COLUMNS is JSON: the columns in their order with their types, as labeling.datasets has them, with
names for Python's types. ROWS make a row group. It imports nothing of Rondo.
"""

import json
import sys
from typing import Any

from arro3.core import DataType, Field, Schema
from arro3.io import read_json, write_parquet

PLAIN = {
    "str": DataType.utf8(),
    "int": DataType.int64(),
    "float": DataType.float64(),
    "bool": DataType.bool(),
}
# Beside a row group it holds as many rows that are decoded at once, and a page of a column.
ROWS, PAGE = 256, 2**18  # bytes


def field(name: str, column: Any) -> Field:
    """A column, or what a list or an object holds."""
    return Field(name, arrow(column), nullable=True)


def arrow(column: Any) -> DataType:
    """The type of a column."""
    if isinstance(column, list):
        return DataType.list(field("item", column[0]))
    if isinstance(column, dict):
        return DataType.struct([field(name, inner) for name, inner in column.items()])
    return PLAIN[column]


if __name__ == "__main__":
    schema = Schema([field(name, column) for name, column in json.loads(sys.argv[1]).items()])
    write_parquet(
        read_json(sys.stdin.buffer, schema, batch_size=ROWS),
        sys.stdout.buffer,
        compression="zstd(1)",
        max_row_group_size=int(sys.argv[2]),
        data_page_size_limit=PAGE,
        dictionary_page_size_limit=PAGE,
    )
