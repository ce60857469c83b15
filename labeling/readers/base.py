"""What readers give: the entries of a file in their order, each with its place.

A form of file is one module here, which knows no model and no database: it turns a file into
entries, and `labeling.file_rows` makes rows of them. An entry is a number and a value, the
dictionary that the file holds there, or the LineError that says why it cannot be read.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from django.utils.translation import gettext as _

from core.text import quotable, repeated

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

    needed: a table names one of these, or any where there are none. json: cells hold JSON. flags:
    cells hold true or false. renamed: what the file calls some of them itself, and keys of JSON.
    """

    needed: tuple[str, ...]
    json: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    renamed: Mapping[str, str] = field(default_factory=dict)

    def name_of(self, said: str) -> str:
        """What a column is that the file calls so."""
        return self.renamed.get(said, said)

    def named(self, value: object, number: int, unit: Unit) -> object:
        """An entry with the names of its columns; an error where two are one."""
        if not self.renamed or not isinstance(value, dict):
            return value
        found = {self.name_of(name): part for name, part in value.items()}
        if len(found) == len(value):
            return found
        twice = repeated(map(self.name_of, value)) or ""
        what = _("Two columns are named “%(name)s”.") % {"name": quotable(twice)}
        return LineError(line=number, message=what, unit=unit)

    @property
    def known(self) -> frozenset[str]:
        """All that are found whatever the case of their letters."""
        return frozenset(self.needed) | self.json | self.flags | self.texts
