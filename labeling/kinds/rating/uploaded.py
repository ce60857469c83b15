"""Ratings from files: a row for each text."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from core.errors import BadInputError
from core.text import quotable
from labeling.formats.base import Label
from labeling.kinds.rating.body import FIELD
from labeling.kinds.rating.exports import RATINGS
from labeling.kinds.rating.settings import BEST, RatingSettings
from labeling.kinds.reading import Readers, Reads, by_text, the_completion


def of_rows(label: Label, ids: Sequence[int], settings: RatingSettings) -> dict[str, Any]:
    """The body of rows of the dataset ratings; BadInputError where they have other criteria."""
    scales = [each.name for each in settings.scales]
    flags = [each.name for each in settings.flags]
    found = []
    for pk, row in by_text(label, ids):
        said = {each["name"]: each["value"] for each in row["criteria"]}
        if said.keys() != {*scales, *flags} or not all(1 <= said[name] <= BEST for name in scales):
            raise BadInputError(
                _(
                    "it judges texts by %(names)s, which are not the criteria of this project."
                    " Make them the same on the page “Task pages”, and import the file again."
                )
                % {"names": quotable(", ".join(said), limit=200) or "–"}
            )
        found.append(
            {
                "completion": pk,
                "scales": {name: said[name] for name in scales},
                "flags": [name for name in flags if said[name]],
            }
        )
    return {FIELD: found}


READS: Readers = {RATINGS: Reads(texts=the_completion, body=of_rows, has_several=True)}
