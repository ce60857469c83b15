"""Comparisons from files."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from core.errors import BadInputError
from labeling.datasets import Row
from labeling.formats.base import Label, Text
from labeling.kinds.comparison.body import STRONGEST
from labeling.kinds.comparison.exports import COMPARISONS
from labeling.kinds.reading import Readers, Reads, the_completions


def of_label(label: Label, ids: Sequence[int]) -> dict[str, Any] | None:
    """The body of a label that came with a file; None where it is not of two texts."""
    if len(label.texts) != 2 or label.written:
        return None
    first, second = label.texts
    both_bad = not (first.acceptable or second.acceptable)
    return _body(ids, second.tier - first.tier, both_bad=both_bad)


def two(row: Row) -> list[Text]:
    """The texts of a row, of which there are two."""
    found = the_completions(row)
    if len(found) != 2:
        raise BadInputError(_("it does not have two texts"))
    return found


def of_rows(label: Label, ids: Sequence[int], settings: object) -> dict[str, Any]:
    """The body of a row of the dataset comparisons."""
    (row,) = label.rows
    return _body(ids, -row["preference"], both_bad=row["both_bad"])


def _body(ids: Sequence[int], distance: int, *, both_bad: bool) -> dict[str, Any]:
    """distance: by how much the first is better; below 0 the second is."""
    return {
        "better": None if not distance else ids[int(distance < 0)],
        "strength": min(STRONGEST, abs(distance)),
        "both_bad": not distance and both_bad,
    }


READS: Readers = {COMPARISONS: Reads(texts=two, body=of_rows)}
