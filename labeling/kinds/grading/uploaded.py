"""Gradings from files: a row for each text, with the items of its prompt's rubric."""

from collections.abc import Sequence
from typing import Any

from labeling.datasets import Row
from labeling.formats.base import Label
from labeling.kinds.grading.body import FIELD
from labeling.kinds.grading.exports import GRADINGS
from labeling.kinds.reading import Readers, Reads, by_text, the_completion


def rubric(row: Row) -> list[Row]:
    """The items that the text was graded by."""
    return [{"text": item["text"], "points": item["points"]} for item in row["items"]]


def of_rows(label: Label, ids: Sequence[int], settings: object) -> dict[str, Any]:
    """The body of rows of the dataset gradings."""
    return {
        FIELD: [
            {"completion": pk, "met": [item["met"] for item in row["items"]]}
            for pk, row in by_text(label, ids)
        ]
    }


READS: Readers = {
    GRADINGS: Reads(texts=the_completion, body=of_rows, has_several=True, rubric=rubric)
}
