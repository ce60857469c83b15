"""JSON: an object a line, an array of them, or an object with one array, such as {"data": […]}."""

import json
from collections.abc import Collection, Generator, Iterator

from django.utils.translation import gettext as _

from core.errors import BadInputError
from labeling.file_text import FileText
from labeling.readers.base import Columns, Entry, LineError, Source
from labeling.readers.json_window import SEPARATORS, Window
from labeling.readers.strict_json import DECODER, value_of

_LENIENT = json.JSONDecoder(parse_int=str)  # finds where a value ends that is refused


def source(text: FileText, columns: Columns) -> Source:
    """The file as JSON. Keys that are needed tell an entry from an object around the entries.

    BadInputError among the entries, where an array cannot be read to its end.
    """
    return Source(form="JSON", entries=_entries(text, columns))


def _entries(text: FileText, columns: Columns) -> Generator[Entry, None, None]:
    try:
        values = _whole_values(text, {*columns.needed, *columns.renamed})
        if values is None:
            values = ((n, value_of(DECODER.decode, line, n)) for n, line in lines(text))
        for number, value in values:
            yield number, columns.named(value, number, "line")
    except RecursionError as error:
        raise BadInputError(_("the JSON is nested too deeply")) from error


def lines(text: FileText) -> Iterator[tuple[int, str]]:
    """The lines that are not empty, with their numbers."""
    for number, line in enumerate(text.lines(), start=1):
        if not line.isspace():
            yield number, line.rstrip("\r\n")


def _whole_values(text: FileText, needed: Collection[str]) -> Iterator[Entry] | None:
    """The values of an array, or of objects that take several lines each, with their lines.

    None where the file is lines. BadInputError where an array cannot be read to its end.
    """
    window = Window(text)
    if window.take("["):
        return _array(window)
    if window.next() != "{":
        return None
    if name := _lone_array(Window(text), needed):
        return _within(window, name)
    if _is_json(next(lines(text))[1]) or not _are_values(Window(text)):
        return None
    return _values(window)


def _array(window: Window) -> Iterator[Entry]:
    try:
        yield from _values(window, until="]")
        window.take("]")
        if window.next():
            raise ValueError(_("something follows its end"))
    except ValueError as error:
        raise BadInputError(
            _("The file is a JSON array that cannot be read: %(what)s.") % {"what": error}
        ) from error


def _lone_array(window: Window, needed: Collection[str]) -> str:
    """The name of the array with the entries, of a file that is one object; "" for others."""
    arrays = []
    window.take("{")
    try:
        while window.next(SEPARATORS) != "}":
            name = window.value(_LENIENT)
            if not window.take(":") or name in needed:
                return ""
            if window.take("["):
                arrays.append(name)
                while not window.take("]"):
                    window.next(SEPARATORS)
                    window.value(_LENIENT)
                    window.next(SEPARATORS)
            else:
                window.value(_LENIENT)
    except ValueError:
        return ""
    window.take("}")
    return arrays[0] if len(arrays) == 1 and not window.next() else ""


def _within(window: Window, array: str) -> Iterator[Entry]:
    """The values of that array of an object."""
    window.take("{")
    while True:
        window.next(SEPARATORS)
        name = window.value(_LENIENT)
        window.take(":")
        if name == array and window.take("["):
            return _values(window, until="]")
        window.value(_LENIENT)


def _are_values(window: Window) -> bool:
    """Whether it can be read as values to its end."""
    try:
        for _value in _values(window):
            continue
    except ValueError:
        return False
    return True


def _values(window: Window, until: str = "") -> Iterator[Entry]:
    """The values up to `until`, else to the end of the file."""
    while window.next(SEPARATORS) != until:
        line = window.line
        value: object
        try:
            value = window.value(DECODER)
        except BadInputError as error:  # of this value alone: others may be right
            value = LineError(line=line, message=error.message)
            window.value(_LENIENT)
        yield line, value


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
