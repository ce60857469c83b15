"""Reading a whole table in constant memory."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import Max

from api.exports.datasets import Dataset, Row
from api.exports.filters import Filters
from labeling.models import Project

ROWS_PER_READ = 500


def read(dataset: Dataset, project: Project, filters: Filters) -> Iterator[list[Row]]:
    """The rows of `dataset`, a few hundred database rows at a time, oldest first.

    Pages by key instead of a server-side cursor: no transaction stays open while a slow client
    reads, and it works behind a connection pooler. Annotations are append-only, so the highest
    key at the start bounds a consistent state.
    """
    source = dataset.source(project, filters)
    newest = source.aggregate(newest=Max("pk"))["newest"]
    after = 0
    while newest is not None and after < newest:
        page = list(source.filter(pk__gt=after, pk__lte=newest).order_by("pk")[:ROWS_PER_READ])
        if not page:
            return
        after = page[-1].pk
        yield [row for item in page for row in dataset.rows(item)]


def preview(dataset: Dataset, project: Project, filters: Filters, *, rows: int) -> list[Row]:
    """The first `rows` rows."""
    pages: Iterator[Any] = read(dataset, project, filters)
    return list(islice((row for page in pages for row in page), rows))
