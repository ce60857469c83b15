"""CSV from JSON lines, for spreadsheets too: nothing in it is computed, and it imports again.

Lists and objects are JSON in a cell. What a spreadsheet would take for a formula has a mark before
it (labeling.readers.guards), which the last column says. UTF-8 with a byte order mark, without
which Excel reads it as something else.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from labeling.datasets import ColumnType
from labeling.readers.guards import GUARDED, MARK, is_formula

FLAGS = {True: "true", False: "false"}


def comma_separated(lines: Iterable[bytes], columns: Mapping[str, ColumnType]) -> Iterator[bytes]:
    """The rows of `lines`, each piece some whole JSON lines, as a piece of CSV each."""
    yield b"\xef\xbb\xbf" + _written([[*columns, GUARDED]])
    names = list(columns)
    for piece in lines:
        yield _written(_cells(orjson.loads(line), names) for line in piece.splitlines())


def _written(rows: Iterable[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _cells(row: dict[str, Any], names: list[str]) -> list[str]:
    cells, guarded = [], []
    for name in names:
        value = row[name]
        if isinstance(value, str):
            if is_formula(value):
                guarded.append(name)
                value = f"{MARK}{value}"
        elif isinstance(value, bool):
            value = FLAGS[value]
        else:
            value = orjson.dumps(value).decode()
        cells.append(value)
    return [*cells, " ".join(guarded)]
