"""Corrections from files."""

from collections.abc import Sequence
from typing import Any

from labeling.formats.base import Label
from labeling.kinds.correction.exports import CORRECTIONS
from labeling.kinds.reading import Readers, Reads, the_completion


def of_label(label: Label, ids: Sequence[int]) -> dict[str, Any] | None:
    """The body of a text that somebody found right as a model had written it; None for others."""
    if [text.text for text in label.texts] != [label.written]:
        return None
    return {"completion": ids[0], "text": label.written}


def of_rows(label: Label, ids: Sequence[int], settings: object) -> dict[str, Any]:
    """The body of a row of the dataset corrections."""
    (row,) = label.rows
    return {"completion": ids[0], "text": row["text"]}


READS: Readers = {CORRECTIONS: Reads(texts=the_completion, body=of_rows)}
