"""doccano's files of sequence-to-sequence projects: a text, and what people wrote for it.

{"id": 1, "text": "…", "label": ["…", "…"], "Comments": […]}; each label is a demonstration. Spans
of other projects ([start, end, name]) are kept as metadata of the prompt.

In its CSV the labels of a text stand in one cell with # between them, and nothing tells such a #
from one that somebody wrote (doccano, backend/data_export/pipeline/formatters.py).
"""

from typing import Any, ClassVar

from django.utils.translation import gettext as _

from core.errors import BadInputError
from labeling.formats.base import Entry, Format, Label, Row
from labeling.formats.reading import around, text_of

NAMES = ("label", "labels")
COMMENTS = "Comments"  # a column of each of its tables, and of no other tool's
JOINS = "#"


class Doccano(Format):
    """Texts with texts."""

    name = "doccano"
    label = "doccano"
    needed: ClassVar[tuple[str, ...]] = ("text",)

    def fits(self, row: Row) -> float:
        """By a text with a list of labels, or with a label and comments."""
        is_listed = any(isinstance(row.get(name), list) for name in NAMES)
        is_cell = isinstance(row.get("label"), str) and isinstance(row.get(COMMENTS), str)
        return 0.8 if isinstance(row.get("text"), str) and (is_listed or is_cell) else 0.0

    def read(self, row: Row) -> list[Entry]:
        """A demonstration for each label that is a text."""
        text = text_of(row, "text")
        said: Any = next((row[name] for name in NAMES if row.get(name)), [])
        if isinstance(said, str):
            said = _of_cell(said)
        if not text or not isinstance(said, list):
            raise BadInputError(_("it needs “text” and a list “label”"))
        written = [each for each in said if isinstance(each, str) and each.strip()]
        known = {"text", *(NAMES if len(written) == len(said) else ())}
        labels = tuple(Label(written=each) for each in written if len(written) == len(said))
        return [Entry(prompt={**around(row, but=known), "prompt": text}, labels=labels)]


def _of_cell(cell: str) -> list[str]:
    """The label of a row of its CSV."""
    if JOINS in cell:
        raise BadInputError(
            _("“#” stands between two labels here or within one: export JSONL from doccano instead")
        )
    return [cell]
