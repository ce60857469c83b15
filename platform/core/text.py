"""What text and JSON from outside must be like before anything is stored."""

import json
import math
import unicodedata
from collections.abc import Iterable
from typing import Any, NoReturn

import orjson
from django.utils.translation import gettext as _

from core.errors import BadInputError, BadRequestError
from training.contract.printable import printable

MAX_TEXT = 100_000  # characters of one prompt or completion
MAX_KEY = 200  # characters of one key of an object
MAX_DEPTH = 32
MAX_VALUES = 10_000  # of one body; an answer has a few dozen
MAX_PATH = 120  # characters of it that an error shows
MAX_DIGITS = 40  # of one integer; Python's own limit of 4300 would be a server error

# Characters that reorder or hide what follows. Fine inside content, which is shown with markers;
# a name that carries them can pretend to be another one.
INVISIBLE = frozenset(
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u200e\u200f"
    "\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069"
    "\u206a\u206b\u206c\u206d\u206e\u206f\u3164\ufeff\uffa0"
)
# Categories of what shows nothing, or what each font likes: control, format, private, separators.
UNNAMED = {"Cc", "Cf", "Co", "Zl", "Zp"}


def clean_text(text: str, *, limit: int = MAX_TEXT, field: str = "text") -> str:
    """`text` as it is, if PostgreSQL and UTF-8 can hold it; BadInputError says what is wrong."""
    if len(text) > limit:
        _refuse(field, _("is longer than %(limit)d characters") % {"limit": limit})
    if "\x00" in text:
        _refuse(field, _("holds a NUL character"))
    try:
        text.encode()
    except UnicodeEncodeError:
        _refuse(field, _("holds half of a surrogate pair"))
    return text


def clean_name(name: str, *, limit: int = 120, field: str = "name") -> str:
    """A name: one line, not empty, NFC, outer blanks gone, no character that misleads the eye."""
    name = unicodedata.normalize("NFC", clean_text(name, limit=10 * limit, field=field)).strip()
    if not name:
        _refuse(field, _("is empty"))
    if len(name) > limit:
        _refuse(field, _("is longer than %(limit)d characters") % {"limit": limit})
    if any(c in INVISIBLE or unicodedata.category(c) in UNNAMED for c in name):
        _refuse(field, _("holds control or invisible characters"))
    return name


def quotable(text: str, *, limit: int = 40) -> str:
    """The start of what was sent, for a message: what no page can hold or show is escaped."""
    return printable(text[:limit], but=INVISIBLE)


def repeated(keys: Iterable[str]) -> str | None:
    """The first key that comes a second time, found in one pass; None when each comes once."""
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            return key
        seen.add(key)
    return None


def clean_json(value: Any, *, limit: int = MAX_TEXT, field: str = "body") -> Any:
    """`value` as it is, if each text, key and number in it can be stored; else BadInputError.

    The path of the part that is wrong becomes the field: `body.tiers.0`. Work and memory are
    bounded whatever was sent: many values, each with a long path, would take gigabytes.
    """
    pending: list[tuple[Any, str, int]] = [(value, field, 0)]
    values = 0
    while pending:
        part, path, depth = pending.pop()
        if depth > MAX_DEPTH:
            _refuse(field, _("is nested more than %(depth)d deep") % {"depth": MAX_DEPTH})
        if isinstance(part, (dict, list)):
            values += len(part)
            if values > MAX_VALUES:
                _refuse(field, _("holds more than %(most)d values") % {"most": MAX_VALUES})
            for key, item in part.items() if isinstance(part, dict) else enumerate(part):
                if isinstance(key, str):
                    clean_text(key, limit=MAX_KEY, field=path)
                pending.append((item, f"{path}.{key}"[:MAX_PATH], depth + 1))
        elif isinstance(part, str):
            clean_text(part, limit=limit, field=path)
        elif part is not None:
            _clean_number(part, field=path)
    return value


def _clean_number(number: Any, *, field: str) -> None:
    if not isinstance(number, (int, float)):
        _refuse(field, _("is not a JSON value"))
    if isinstance(number, float) and not math.isfinite(number):
        _refuse(field, _("is not a finite number"))
    if isinstance(number, int) and abs(number) >= 10**MAX_DIGITS:
        _refuse(field, _("has too many digits"))


def parse_json(raw: bytes | str) -> Any:
    """The JSON value of `raw`, strictly: UTF-8, no duplicate key, no NaN or Infinity, not too deep.

    BadRequestError names line and column where it cannot be read; BadInputError what cannot be
    stored. A UTF-8 byte order mark is taken off.
    """
    try:
        text = raw.decode("utf-8-sig") if isinstance(raw, bytes) else raw.removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise BadRequestError(
            _("This is not UTF-8: byte %(at)d.") % {"at": error.start + 1}
        ) from error
    try:
        value = json.loads(
            text,
            object_pairs_hook=_unique_keys,
            parse_constant=_no_constant,
            parse_int=_short_integer,
            parse_float=_finite,
        )
    except json.JSONDecodeError as error:
        raise BadRequestError(
            _("This is not JSON: line %(line)d, column %(column)d.")
            % {"line": error.lineno, "column": error.colno}
        ) from error
    except RecursionError as error:
        raise BadRequestError(
            _("This is nested more than %(depth)d deep.") % {"depth": MAX_DEPTH}
        ) from error
    return clean_json(value)


def json_text(value: Any) -> str:
    """The shortest JSON of a value that `clean_json` let through."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # an integer of more than 64 bits
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise BadRequestError(_("An object has the same key twice."))
    return table


def _no_constant(name: str) -> NoReturn:
    raise BadRequestError(_("%(name)s is not a JSON number.") % {"name": name})


def _short_integer(digits: str) -> int:
    if len(digits.removeprefix("-")) > MAX_DIGITS:
        raise BadRequestError(_("A number has too many digits."))
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):  # 1e999
        raise BadRequestError(_("A number is too large."))
    return number


def _refuse(field: str, problem: str) -> NoReturn:
    # The field may quote what was sent: make it printable and short.
    shown = field[:MAX_PATH].encode("unicode_escape").decode("ascii")
    raise BadInputError(f"{shown} {problem}.", errors={shown: problem})
