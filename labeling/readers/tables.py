"""Tables as spreadsheets and other programs write them: commas, semicolons or tabs between cells.

The first row names the columns. Cells may be quoted, and then hold line breaks, separators and
doubled quotation marks (RFC 4180). Rows are counted as spreadsheets count them: the first is 1.
"""

import csv
import re
from collections.abc import Generator, Iterator, Sequence
from io import StringIO
from itertools import islice

from django.utils.translation import gettext as _

from core.errors import BadInputError
from core.text import quotable, repeated
from labeling.file_text import LONGEST, FileText
from labeling.readers.base import Columns, Entry, LineError, Source
from labeling.readers.cells import read_cells
from labeling.readers.guards import GUARDED, without_marks

MOST_COLUMNS = 200
SEPARATORS = {",": "CSV", ";": "CSV", "\t": "TSV"}
_HINT = re.compile(r"sep=(?P<separator>[,;\t])[ \t]*(?:\r\n|\r|\n)", re.I)  # a line for Excel
_CELLS = re.compile(r"[^,;\t]+(?:[,;\t][^,;\t]*)+")
Rows = Iterator[tuple[int, list[str] | LineError]]

csv.field_size_limit(LONGEST)


def is_table(text: FileText, columns: Columns) -> bool:
    """Whether its first row names a needed column, or its first two lines look like a table's."""
    first = list(islice(_lines_of(text.head().lstrip()), 2))
    if not first or first[0].lstrip().startswith(("{", "[")):
        return False
    if _HINT.match(first[0]) or _named(first[0], columns):
        return True
    return all(_CELLS.match(line) for line in first)


def source(text: FileText, columns: Columns) -> Source:
    """The file as a table; BadInputError where its first row does not name its columns."""
    head = text.head()
    hint = _HINT.match(head)
    separator = hint["separator"] if hint else _separator(head, columns)
    rows = _records(islice(text.lines(), 1 if hint else 0, None), separator)
    first = _first_of(rows)
    if isinstance(first, LineError):
        raise BadInputError(str(first))
    names = _names(first, columns)
    return Source(form=SEPARATORS[separator], entries=_entries(rows, names, columns), unit="row")


def _entries(rows: Rows, names: list[str], columns: Columns) -> Generator[Entry, None, None]:
    for number, cells in rows:
        if isinstance(cells, LineError):
            yield number, cells
        elif any(cell.strip() for cell in cells):
            yield number, _entry(cells, names, number, columns)


def _entry(
    cells: list[str], names: Sequence[str], number: int, columns: Columns
) -> dict[str, object] | LineError:
    beyond = cells[len(names) :]
    if len(cells) < len(names) or any(cell.strip() for cell in beyond):
        what = _("it has %(cells)s cells, the first row %(columns)s")
        what %= {"cells": len(cells), "columns": len(names)}
        return LineError(line=number, message=what, unit="row")
    is_exact = GUARDED in names  # as we write tables: blanks are what the cell says
    texts = {
        name: cell
        for name, cell in zip(names, cells, strict=False)
        if (cell if is_exact else cell.strip())
    }
    found: dict[str, object] = {**without_marks(texts)}
    if "" in found:
        what = _("“%(text)s” is in a column without a name") % {"text": quotable(str(found[""]))}
        return LineError(line=number, message=what, unit="row")
    return read_cells(found, number, columns)


def _lines_of(text: str) -> Iterator[str]:
    return StringIO(text, newline="")


def _records(lines: Iterator[str], separator: str) -> Rows:
    """The cells of each row, or why they cannot be told apart."""
    reader = csv.reader(lines, delimiter=separator, strict=True)
    number = 0
    while True:
        number += 1
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "unexpected end" in str(error) or "field limit" in str(error):
                what = _('a quotation mark (") opens a cell here and none closes it')
            else:
                what = _('a quotation mark (") within a quoted cell must be doubled ("")')
            yield number, LineError(line=number, message=what, unit="row")


def _names(first: list[str], columns: Columns) -> list[str]:
    """The names of the columns; those that are known whatever their case and outer blanks."""
    names = [columns.name_of(cell.strip()) for cell in first]
    names = [name.lower() if name.lower() in columns.known else name for name in names]
    while names and not names[-1]:
        names.pop()
    if len(names) > MOST_COLUMNS:
        raise BadInputError(_("The table has more than %(most)s columns.") % {"most": MOST_COLUMNS})
    if twice := repeated(name for name in names if name):
        raise BadInputError(_("Two columns are named “%(name)s”.") % {"name": quotable(twice)})
    if columns.needed and not set(names) & set(columns.needed):
        raise BadInputError(
            _(
                "The first row of a table names its columns, and none of these is known here:"
                " %(first)s. Call one of them “%(needed)s”."
            )
            % {"needed": columns.needed[0], "first": quotable(", ".join(names), limit=200)}
        )
    return names


def _separator(text: str, columns: Columns) -> str:
    """What stands between the names of the first row: what makes the most of them."""
    found = {mark: _first(text, mark) for mark in SEPARATORS}
    named = {m: cells for m, cells in found.items() if _has_needed(cells, columns)} or found
    return max(named, key=lambda mark: len(named[mark]))


def _named(line: str, columns: Columns) -> bool:
    return any(_has_needed(_first(line, mark), columns) for mark in SEPARATORS)


def _has_needed(cells: list[str], columns: Columns) -> bool:
    return any(columns.name_of(cell.strip()).lower() in columns.needed for cell in cells)


def _first(text: str, separator: str) -> list[str]:
    cells = _first_of(_records(_lines_of(text), separator))
    return [] if isinstance(cells, LineError) else cells


def _first_of(rows: Rows) -> list[str] | LineError:
    """The first row that is not blank."""
    return next(
        (cells for _number, cells in rows if isinstance(cells, LineError) or any(cells)), []
    )
