"""The walk over an uploaded file: each line, or each entry of an array, read or told what is wrong.

What a line holds is its reader's to say: prompts (labeling.prompt_files), gold tasks
(labeling.checks.files).
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.utils.translation import gettext as _

from core.errors import BadInputError
from core.text import quotable, repeated
from labeling import file_forms

MOST_ERRORS = 100  # reported; the rest is counted
Row = TypeVar("Row")
Read = Callable[[object, int], Row]  # a JSON value and its line; BadInputError says what is wrong


@dataclass(frozen=True, kw_only=True)
class LineError:
    """A bad line. column: counted from 1, None where the line as a whole is meant."""

    line: int
    message: str
    column: int | None = None

    def __str__(self) -> str:
        if self.column is None:
            return _("line %(line)s: %(what)s") % {"line": self.line, "what": self.message}
        return _("line %(line)s, column %(column)s: %(what)s") % {
            "line": self.line,
            "column": self.column,
            "what": self.message,
        }


@dataclass(frozen=True, kw_only=True)
class Walked(Generic[Row]):
    """What a file holds: the good lines in their order, and the bad ones."""

    rows: list[Row] = field(default_factory=list)
    errors: list[LineError] = field(default_factory=list)
    errors_left_out: int = 0


def walk(text: str, read: Read[Row], *, most: int) -> Walked[Row]:
    """Read all of a file; BadInputError where it is empty, too long or of another form."""
    rows: list[Row] = []
    errors: list[LineError] = []
    for number, found in enumerate(_each(text, read, most=most), start=1):
        if number > most:
            raise BadInputError(
                _("The file has more than %(most)s entries: split it.") % {"most": most}
            )
        if isinstance(found, LineError):
            errors.append(found)
        else:
            rows.append(found)
    if not rows and not errors:
        raise BadInputError(_("The file is empty: it needs one JSON object per line."))
    if not rows:
        file_forms.check_is_no_table(text)
    left_out = len(errors[MOST_ERRORS:])
    return Walked(rows=rows, errors=errors[:MOST_ERRORS], errors_left_out=left_out)


def _each(text: str, read: Read[Row], *, most: int) -> Iterator[Row | LineError]:
    try:
        values = file_forms.whole_values(text, _JSON.raw_decode, most=most) if text.strip() else []
    except RecursionError as error:
        raise BadInputError(_("the JSON is nested too deeply")) from error
    if values is None:
        for number, line in file_forms.lines(text):
            yield _one(_JSON.decode, line, read, number)
    else:
        for number, value in values:
            yield _one(_taken, value, read, number)


def _one(
    decode: Callable[[Any], object], value: object, read: Read[Row], number: int
) -> Row | LineError:
    try:
        try:
            decoded = decode(value)
        except json.JSONDecodeError:
            raise
        except ValueError as error:  # an integer of thousands of digits
            raise BadInputError(_("a number is too long")) from error
        return read(decoded, number)
    except json.JSONDecodeError as error:
        what = _("this is not JSON (%(reason)s)") % {"reason": error.msg}
        return LineError(line=number, column=error.colno, message=what)
    except RecursionError:
        return LineError(line=number, message=_("the JSON is nested too deeply"))
    except BadInputError as error:
        return LineError(line=number, message=error.message)


def _taken(value: object) -> object:
    """An entry of an array: read already, or refused."""
    if isinstance(value, BadInputError):
        raise value
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = repeated(key for key, _value in pairs) or ""
        raise BadInputError(_("the object has the key “%(key)s” twice") % {"key": quotable(twice)})
    return found


def _constant(name: str) -> float:
    raise BadInputError(_("%(name)s is not a JSON number") % {"name": name})


_JSON = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)
