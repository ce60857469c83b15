"""What leaves of a favourite: its pairs, and a dataset of its own."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from labeling.datasets import (
    PREFERENCES,
    AnnotationRecord,
    Dataset,
    Exports,
    Judged,
    Row,
    strict_pairs,
)

FAVOURITES = Dataset(
    name="favourites",
    label=_("Favourites"),
    columns={"best": str, "others": [str]},
)


def preferences(annotation: AnnotationRecord) -> Iterator[Row]:
    """The best above each other."""
    best = annotation.body["best"]
    judged = [Judged(1 + (c.id != best), c.text, c.origin) for c in annotation.completions]
    return strict_pairs(annotation, judged)


def favourites(annotation: AnnotationRecord) -> Iterator[Row]:
    """One row."""
    best = annotation.body["best"]
    yield {
        "best": next(c.text for c in annotation.completions if c.id == best),
        "others": [c.text for c in annotation.completions if c.id != best],
    }


EXPORTS: Exports = {PREFERENCES: preferences, FAVOURITES: favourites}
