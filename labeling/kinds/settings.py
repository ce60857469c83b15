"""What managers set of a kind in a project: a pydantic model, which the editor reads its form from.

Its defaults are the built-in template. Each change is a version (labeling.kind_settings), and a
task is asked, and its answers are read, under the one that it was opened with. So a class goes on
reading what an earlier release stored: fields may be added, with a default, and none may go.

A field is text, a number, a yes or no, one of a few words (Literal), a list of rows, each a model
of such fields, or a group of fields, which is a model of its own; `Said` in its annotation is how
the editor calls it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, ValidationError

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise
    from pydantic_core import ErrorDetails

MOST_ERRORS = 20  # of one form that are told


class Settings(BaseModel):
    """The root of all settings and of their rows: exact types, no unknown keys."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


@dataclass(frozen=True, kw_only=True)
class Said:
    """How the editor calls a field. choices: the words for its values, where it has few.

    row: what one row of a list is called. is_long: text of several lines. known: texts of the
    built-in template, which each reader reads in their own language.
    """

    label: "_StrPromise"
    help: "_StrPromise | str" = ""
    choices: "Mapping[str, _StrPromise]" = field(default_factory=dict)
    row: "_StrPromise | str" = ""
    is_long: bool = False
    known: Iterable[str] = ()


def in_words(text: str, known: Iterable[str]) -> str:
    """`text` in the reader's language if it is one of the template's, else as it was written."""
    return _(text) if text and text in known else text


def as_stored(text: str, known: Iterable[str]) -> str:
    """The other way: the template's own text where its translation came back untouched."""
    return next((own for own in known if own and text in (own, _(own))), text)


def problems(error: ValidationError) -> dict[str, str]:
    """What is wrong with each field, by its path, as in "criteria.2.label"."""
    return {
        ".".join(str(part) for part in line["loc"]): _problem(line)
        for line in error.errors(include_url=False)[:MOST_ERRORS]
    }


def _problem(line: "ErrorDetails") -> str:
    limits = line.get("ctx", {})
    match line["type"]:
        case "value_error":  # a validator of the kind has said it
            return str(limits["error"])
        case "string_too_short":
            return _("Write something here, or remove the row.")
        case "string_too_long":
            return _("At most %(limit)d characters.") % {"limit": limits["max_length"]}
        case "too_short":
            return _("At least %(limit)d of them are needed.") % {"limit": limits["min_length"]}
        case "too_long":
            return _("At most %(limit)d of them fit.") % {"limit": limits["max_length"]}
        case "greater_than_equal":
            return _("At least %(limit)s.") % {"limit": limits["ge"]}
        case "less_than_equal":
            return _("At most %(limit)s.") % {"limit": limits["le"]}
        case "int_type" | "float_type":
            return _("Write a number.")
        case "string_pattern_mismatch":
            return _("Small letters, digits and _ only, begun by a letter.")
    return _("Choose one of the values.")
