"""What a file of prompts is: JSON lines, a JSON array, or something else, which is named."""

import json
import re
from collections.abc import Callable, Iterator
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import BadInputError

# How files begin that are no text.
_NO_TEXT = {
    b"PK\x03\x04": gettext_lazy("an Excel workbook or another zip archive"),
    b"PAR1": gettext_lazy("a Parquet file"),
    b"\x1f\x8b": gettext_lazy("compressed by gzip"),
    b"\x28\xb5\x2f\xfd": gettext_lazy("compressed by zstd"),
    b"%PDF": gettext_lazy("a PDF"),
    b"SQLite format 3": gettext_lazy("an SQLite database"),
}
_LINE_END = re.compile(r"\r\n|\n|\r")  # a string of JSON holds none of them
_SKIPPED = re.compile(r"[\s,]*")
_CELLS = re.compile(r"[^,;\t]+(?:[,;\t][^,;\t]*)+")

Decode = Callable[[str, int], tuple[object, int]]  # a JSON value from there on, and where it ends


def known_form(raw: bytes) -> str:
    """What a file is that is known not to be text; empty where it may be text."""
    return next((str(what) for start, what in _NO_TEXT.items() if raw.startswith(start)), "")


def check_is_text(raw: bytes) -> None:
    """BadInputError that names the file's form where it is known not to be text."""
    if what := known_form(raw):
        raise BadInputError(
            _("The file is %(what)s. Save its prompts as JSON lines in UTF-8.") % {"what": what}
        )


def lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are not empty, with their numbers."""
    for number, line in enumerate(_LINE_END.split(text), start=1):
        if line.strip():
            yield number, line


def whole_values(text: str, decode: Decode, *, most: int) -> list[tuple[int, object]] | None:
    """The values, each with its line, of an array or of objects that take several lines each.

    No more than one beyond `most`. In place of one that `decode` refuses stands its BadInputError.
    None where the file is lines. BadInputError where an array cannot be read to its end.
    """
    start = len(text) - len(text.lstrip())
    if text.startswith("[", start):
        try:
            return list(islice(_values(text, start + 1, decode, until="]"), most + 1))
        except ValueError as error:
            raise BadInputError(
                _("The file is a JSON array that cannot be read: %(what)s.") % {"what": error}
            ) from error
    if not text.startswith("{", start) or _is_json(next(lines(text))[1]):
        return None
    try:
        return list(islice(_values(text, start, decode, until=""), most + 1))
    except ValueError:
        return None


def check_is_no_table(text: str) -> None:
    """BadInputError where no line is JSON and the first ones have cells, as CSV does."""
    first = [line for _number, (_n, line) in zip(range(2), lines(text), strict=False)]
    if first and all(line.lstrip()[0] not in "[{" and _CELLS.match(line) for line in first):
        raise BadInputError(
            _(
                "The file is a table (CSV). Rondo reads JSON: save each row as a line such as"
                ' {"prompt": "…", "language": "…"}.'
            )
        )


def _values(text: str, at: int, decode: Decode, *, until: str) -> Iterator[tuple[int, object]]:
    line, counted = 1, 0
    while True:
        skipped = _SKIPPED.match(text, at)
        at = skipped.end() if skipped else at
        if at >= len(text) and not until:
            return
        if until and text.startswith(until, at):
            if text[at + 1 :].strip():
                raise ValueError(_("something follows its end"))
            return
        line, counted = line + text.count("\n", counted, at), at
        try:
            value, at = decode(text, at)
        except BadInputError as error:  # of this value alone: others may be right
            value = error.with_traceback(None)  # which would keep all that was read
            _whole, at = json.JSONDecoder().raw_decode(text, at)
        yield line, value


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
