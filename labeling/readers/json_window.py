"""JSON read value by value from a text of any length, of which a part is in memory."""

import json
import re
from typing import Any

from django.utils.translation import gettext as _

from core.errors import BadInputError
from labeling.file_text import LONGEST, FileText

BLANKS = re.compile(r"\s*")
SEPARATORS = re.compile(r"[\s,]*")
_CUT = 16  # characters of a number, a name or an escape that ends beyond the window


class Window:
    """A place in a text, from its beginning on."""

    def __init__(self, text: FileText) -> None:
        self._pieces = text.pieces()
        self._text, self._at = "", 0
        self._counted, self._line = 0, 1

    @property
    def line(self) -> int:
        """The line of the place, counted from 1."""
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def next(self, passed: re.Pattern[str] = BLANKS) -> str:
        """Go past what `passed` matches; the character that follows, "" at the end."""
        while True:
            found = passed.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read_on():
                return ""

    def take(self, mark: str) -> bool:
        """Go past a character, where it comes next."""
        is_there = self.next() == mark
        self._at += is_there
        return is_there

    def value(self, decoder: json.JSONDecoder) -> Any:
        """The value that comes next. ValueError where none does, and what the decoder raises."""
        self.next()
        while True:
            try:
                value, end = decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                is_cut = error.msg.startswith("Unterminated") or error.pos + _CUT > len(self._text)
                if is_cut and self._read_on():
                    continue
                line = self.line + self._text.count("\n", self._at, error.pos)
                raise ValueError(
                    _("%(what)s: line %(line)s, column %(column)s")
                    % {"what": error.msg, "line": line, "column": error.colno}
                ) from error
            if end + _CUT > len(self._text) and self._read_on():
                continue
            self._at = end
            return value

    def _read_on(self) -> bool:
        """Let go what is passed and read as much again as is left; False at the end."""
        line, left = self.line, self._text[self._at :]
        if len(left) > LONGEST:
            what = _("The value in line %(line)s has more than %(most)s characters.")
            raise BadInputError(what % {"line": line, "most": LONGEST})
        new: list[str] = []
        while sum(map(len, new)) <= len(left) and (piece := next(self._pieces, "")):
            new.append(piece)
        if new:
            self._text, self._at, self._counted = "".join([left, *new]), 0, 0
        return bool(new)
