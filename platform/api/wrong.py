"""What is wrong with a field, in words of our own: pydantic knows English only."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from pydantic_core import PydanticCustomError

WHOLE, OBJECT = _("must be a whole number"), _("must be an object")
DAY = _("must be a date: 2026-11-27")
TIME = _("must be a time with its zone: 2026-11-27T08:00:00Z")
CHOICE = _("must be one of %(expected)s")
NUMBER, FLAG = _("must be a number"), _("must be true or false")
WORDS = {
    "missing": _("is missing"),
    "extra_forbidden": _("is not a field here"),
    "string_type": _("must be a text"),
    "int_type": WHOLE,
    "int_parsing": WHOLE,
    "int_parsing_size": WHOLE,
    "int_from_float": WHOLE,
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "finite_number": NUMBER,
    "bool_type": FLAG,
    "bool_parsing": FLAG,
    "list_type": _("must be a list"),
    "dict_type": OBJECT,
    "model_type": OBJECT,
    "model_attributes_type": OBJECT,
    "string_too_long": _("is longer than %(max_length)s characters"),
    "string_too_short": _("is shorter than %(min_length)s characters"),
    "too_long": _("has more than %(max_length)s entries"),
    "too_short": _("has fewer than %(min_length)s entries"),
    "greater_than_equal": _("must be %(ge)s or more"),
    "less_than_equal": _("must be %(le)s or less"),
    "less_than": _("must be less than %(lt)s"),
    "literal_error": CHOICE,
    "enum": CHOICE,
    "string_pattern_mismatch": _("must fit the pattern %(pattern)s"),
    "uuid_parsing": _("must be a UUID"),
    "uuid_type": _("must be a UUID"),
    "date_from_datetime_parsing": DAY,
    "date_parsing": DAY,
    "date_type": DAY,
    "datetime_parsing": TIME,
    "datetime_from_date_parsing": TIME,
    "datetime_type": TIME,
    "timezone_aware": TIME,
}


def in_words(part: Mapping[str, Any]) -> str:
    """Of one error of pydantic; its own words where there are no others."""
    words = WORDS.get(part["type"])
    if words is None:
        return str(part["msg"])
    filled: str = str(words) % part.get("ctx", {})
    return filled


def none_of(names: Iterable[str]) -> PydanticCustomError:
    """What a validator raises of a word that is none of `names`."""
    expected = ", ".join(names)
    return PydanticCustomError("literal_error", "must be one of {expected}", {"expected": expected})
