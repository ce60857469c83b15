"""Cells that are no plain text: JSON, true or false."""

from django.utils.translation import gettext as _

from core.text import quotable
from labeling.readers.base import Columns, LineError
from labeling.readers.strict_json import DECODER, value_of

FLAGS = {"true": True, "yes": True, "1": True, "是": True}
FLAGS |= {"false": False, "no": False, "0": False, "否": False}


def read_cells(
    cells: dict[str, object], number: int, columns: Columns
) -> dict[str, object] | LineError:
    """The row with the texts of such columns read; the first that cannot be is told by its name."""
    for name in cells.keys() & columns.flags:
        text = cells[name]
        if isinstance(text, str):
            cells[name] = FLAGS.get(text.strip().lower(), text)
    for name in columns.json & cells.keys():
        text = cells[name]
        if not isinstance(text, str):
            continue
        found = value_of(DECODER.decode, text, number)
        if isinstance(found, LineError):
            what = _("“%(name)s”: %(what)s") % {"name": quotable(name), "what": found.message}
            return LineError(line=number, message=what, unit="row")
        cells[name] = found
    return cells
