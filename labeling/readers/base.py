"""What readers give: the entries of a file in their order, each with its place.

A form of file is one module here, which knows no model and no database: it turns a file into
entries, and `labeling.file_rows` makes rows of them. An entry is a number and a value, the
dictionary that the file holds there, or the LineError that says why it cannot be read.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

Unit = Literal["line", "row"]  # what entries are counted by: lines of a text, rows of a table


@dataclass(frozen=True, kw_only=True)
class LineError:
    """A bad entry. column: of the line, counted from 1; None where all of the entry is meant."""

    line: int
    message: str
    column: int | None = None
    unit: Unit = "line"

    @property
    def place(self) -> str:
        """Where it is, for programs: the same words in each language."""
        place = f"{self.unit} {self.line}"
        return place if self.column is None else f"{place}, column {self.column}"

    def __str__(self) -> str:
        said = {"line": self.line, "column": self.column, "what": self.message}
        if self.unit == "row":
            return _("row %(line)s: %(what)s") % said
        if self.column is None:
            return _("line %(line)s: %(what)s") % said
        return _("line %(line)s, column %(column)s: %(what)s") % said


Entry = tuple[int, object]  # its line or row, counted from 1; a value or a LineError


@dataclass(frozen=True, kw_only=True)
class Source:
    """An opened file. form: its name for people, such as CSV."""

    form: str
    entries: Generator[Entry, None, None]
    unit: Unit = "line"


@dataclass(frozen=True, kw_only=True)
class Columns:
    """What the columns of a table hold, for those whose cells are no plain text.

    needed: a table names one of these. json: cells hold JSON. flags: cells hold true or false.
    """

    needed: tuple[str, ...]
    json: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()

    @property
    def known(self) -> frozenset[str]:
        """All that are found whatever the case of their letters."""
        return frozenset(self.needed) | self.json | self.flags | self.texts
