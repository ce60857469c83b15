"""Critiques from files: a row for each error."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from core.errors import BadInputError
from core.text import quotable
from labeling.datasets import Row
from labeling.formats.base import Label
from labeling.kinds.critique.exports import CRITIQUES, NO_ERROR
from labeling.kinds.critique.settings import CritiqueSettings
from labeling.kinds.reading import Readers, Reads, the_completion


def of_rows(label: Label, ids: Sequence[int], settings: CritiqueSettings) -> dict[str, Any]:
    """The body of rows of the dataset critiques; BadInputError for types that are not known."""
    errors = [row for row in label.rows if row["type"] != NO_ERROR]
    types = {row.name for row in settings.types}
    severities = {row.name for row in settings.severities}
    unknown = {row["type"] for row in errors} - types
    unknown |= {row["severity"] for row in errors} - severities
    if unknown:
        raise BadInputError(
            _(
                "its errors are of %(names)s, which are no types and severities of this project."
                " Add them on the page “Task pages”, and import the file again."
            )
            % {"names": quotable(", ".join(sorted(unknown)), limit=200)}
        )
    text = label.texts[0].text
    return {
        "completion": ids[0],
        "errors": [
            {**_place(row, text), **{name: row[name] for name in ("type", "severity", "note")}}
            for row in errors
        ],
        "text": label.rows[0]["text"],
    }


def _place(row: Row, text: str) -> dict[str, int]:
    """Where its words stand: the place that it names, else the nearest one.

    What was taken out of the text on the way in (labeling.redaction) moves the rest.
    """
    quote, start = row["quote"], row["start"]
    if not quote or text[start : start + len(quote)] != quote:
        places = [n for n in range(len(text)) if quote and text.startswith(quote, n)]
        if not places:
            shown = {"quote": quotable(quote[:80])}
            raise BadInputError(_("“%(quote)s” does not stand in the completion") % shown)
        start = min(places, key=lambda n: abs(n - start))
    return {"start": start, "end": start + len(quote)}


READS: Readers = {CRITIQUES: Reads(texts=the_completion, body=of_rows, has_several=True)}
