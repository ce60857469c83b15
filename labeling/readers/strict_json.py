"""JSON values as files hold them, read strictly: no key twice, no NaN, no number of a mile."""

import json
import math
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from core.errors import BadInputError
from core.text import MAX_DIGITS, quotable, repeated
from labeling.readers.base import LineError


def value_of(decode: Callable[[str], object], text: str, line: int) -> object:
    """What `text` holds as `decode` reads it, or what is wrong with it."""
    try:
        return decode(text)
    except json.JSONDecodeError as error:
        what = _("this is not JSON (%(reason)s)") % {"reason": error.msg}
        return LineError(line=line, column=error.colno, message=what)
    except BadInputError as error:
        return LineError(line=line, message=error.message)
    except RecursionError:
        return LineError(line=line, message=_("the JSON is nested too deeply"))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = repeated(key for key, _value in pairs) or ""
        raise BadInputError(_("the object has the key “%(key)s” twice") % {"key": quotable(twice)})
    return found


def _constant(name: str) -> float:
    raise BadInputError(_("%(name)s is not a JSON number") % {"name": name})


def _integer(digits: str) -> int:
    if len(digits.removeprefix("-")) > MAX_DIGITS:
        raise BadInputError(_("a number is too long"))
    return int(digits)


def _number(digits: str) -> float:
    if math.isinf(number := float(digits)):  # 1e999
        raise BadInputError(_("the number %(number)s is too large") % {"number": quotable(digits)})
    return number


DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_constant=_constant,
    parse_int=_integer,
    parse_float=_number,
)
