"""The walk over an uploaded file: each entry made a row, or told what is wrong with it.

What a file's form is, readers know (labeling.readers); what an entry holds is for who asks to say:
prompts (labeling.prompt_files), gold tasks (labeling.checks.files), texts of a corpus.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from django.utils.translation import gettext as _

from core.errors import BadInputError
from labeling.readers.base import LineError, Source

MOST_ERRORS = 100  # reported; the rest is counted
Row = TypeVar("Row")
Read = Callable[[object, int], Row]  # a value and its place; BadInputError says what is wrong


@dataclass(frozen=True, kw_only=True)
class Walked(Generic[Row]):
    """What a file holds: the good entries in their order, and the bad ones.

    form: the file's, for people. is_table: entries are counted by rows, not by lines.
    """

    rows: list[Row] = field(default_factory=list)
    errors: list[LineError] = field(default_factory=list)
    errors_left_out: int = 0
    form: str = ""
    is_table: bool = False


def walk(source: Source, read: Read[Row], *, most: int) -> Walked[Row]:
    """Read all of a file; BadInputError where it is empty, too long or of another form."""
    rows: list[Row] = []
    errors: list[LineError] = []
    with closing(source.entries) as entries:
        for count, (number, value) in enumerate(entries, start=1):
            if count > most:
                raise BadInputError(
                    _("The file has more than %(most)s entries: split it.") % {"most": most}
                )
            if isinstance(value, LineError):
                errors.append(value)
                continue
            try:
                rows.append(read(value, number))
            except BadInputError as error:
                errors.append(LineError(line=number, message=error.message, unit=source.unit))
            except RecursionError:
                what = _("the JSON is nested too deeply")
                errors.append(LineError(line=number, message=what, unit=source.unit))
    if not rows and not errors:
        raise BadInputError(_("The file is empty: it holds no entry."))
    return Walked(
        rows=rows,
        errors=errors[:MOST_ERRORS],
        errors_left_out=len(errors[MOST_ERRORS:]),
        form=source.form,
        is_table=source.unit == "row",
    )
