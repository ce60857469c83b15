"""JSON: an object a line, an array of them, or an object with one array, such as {"data": […]}."""

import json
import re
from collections.abc import Collection, Generator, Iterator
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from core.errors import BadInputError
from labeling.readers.base import Entry, LineError, Source
from labeling.readers.strict_json import DECODER, value_of

_LINE = re.compile(r"([^\r\n]*)(?:\r\n|\n|\r|\Z)")  # a string of JSON holds no line end
_SKIPPED = re.compile(r"[\s,]*")
_COLON = re.compile(r"\s*:\s*")
_BLANK = re.compile(r"\s*\Z")
_LENIENT = json.JSONDecoder(parse_int=str)  # finds where a value ends that is refused


def source(text: str, *, most: int, needed: Collection[str] = ()) -> Source:
    """The file as JSON. needed: keys that tell an entry from an object around the entries.

    BadInputError, here or among the entries, where an array cannot be read to its end.
    """
    return Source(form="JSON", entries=_entries(text, most=most, needed=needed))


def _entries(text: str, *, most: int, needed: Collection[str]) -> Generator[Entry, None, None]:
    try:
        values = _whole_values(text, most=most, needed=needed) if not _BLANK.match(text) else []
    except RecursionError as error:
        raise BadInputError(_("the JSON is nested too deeply")) from error
    if values is not None:
        yield from values
        return
    for number, line in lines(text):
        yield number, value_of(DECODER.decode, line, number)


def lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are not empty, with their numbers."""
    for number, found in enumerate(_LINE.finditer(text), start=1):  # one after the other
        if (line := found[1]) and not line.isspace():
            yield number, line


def _whole_values(text: str, *, most: int, needed: Collection[str]) -> list[Entry] | None:
    """The values of an array, or of objects that take several lines each, with their lines.

    No more than one beyond `most`. None where the file is lines. BadInputError where an array
    cannot be read to its end.
    """
    start = len(text) - len(text.lstrip())
    if text.startswith("[", start):
        try:
            return list(islice(_values(text, start + 1, until="]"), most + 1))
        except ValueError as error:
            raise BadInputError(
                _("The file is a JSON array that cannot be read: %(what)s.") % {"what": error}
            ) from error
    if not text.startswith("{", start):
        return None
    if inner := _array_within(text, start, needed):
        return list(islice(_values(text, inner, until="]", is_within=True), most + 1))
    if _is_json(next(lines(text))[1]):
        return None
    try:
        return list(islice(_values(text, start, until=""), most + 1))
    except ValueError:
        return None


def _array_within(text: str, start: int, needed: Collection[str]) -> int:
    """Where the entries begin of a file that is one object with one array; 0 for others."""
    value: dict[str, Any]
    try:
        value, end = _LENIENT.raw_decode(text, start)
    except ValueError:
        return 0
    arrays = [key for key, part in value.items() if isinstance(part, list)]
    if not _BLANK.match(text, end) or len(arrays) != 1 or value.keys() & set(needed):
        return 0
    at = start + 1
    while True:
        key, at = _LENIENT.raw_decode(text, _end(_SKIPPED, text, at))
        at = _end(_COLON, text, at)
        if key == arrays[0] and text.startswith("[", at):
            return at + 1
        _passed, at = _LENIENT.raw_decode(text, at)


def _values(text: str, at: int, *, until: str, is_within: bool = False) -> Iterator[Entry]:
    """The values up to `until`, which ends the file unless they are within something else."""
    line, counted = 1, 0
    while True:
        at = _end(_SKIPPED, text, at)
        if at >= len(text) and not until:
            return
        if until and text.startswith(until, at):
            if not is_within and text[at + 1 :].strip():
                raise ValueError(_("something follows its end"))
            return
        line, counted = line + text.count("\n", counted, at), at
        value: object
        try:
            value, at = DECODER.raw_decode(text, at)
        except BadInputError as error:  # of this value alone: others may be right
            value = LineError(line=line, message=error.message)
            _whole, at = _LENIENT.raw_decode(text, at)
        yield line, value


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
