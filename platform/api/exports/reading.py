"""Reading a whole table in constant memory."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import orjson
from django.db.models import Max, QuerySet

from api.exports.datasets import source_of
from api.exports.filters import Filters
from api.exports.shaped import Shaped
from api.exports.source import Maker
from labeling.datasets import Dataset, Row
from labeling.models import Project

KEYS_AT_FIRST = 100  # a preview reads no more, and a download begins at once
KEYS_AT_MOST = 2_500  # in one statement
KEYS_PER_READ = 20_000
PIECE = 2**19  # bytes of JSON lines that are aimed at


def lines(dataset: Dataset, project: Project, filters: Filters) -> Iterator[bytes]:
    """The rows of `dataset` as JSON lines in UTF-8, oldest first, about a PIECE at a time.

    Pages by key instead of a server-side cursor: no transaction stays open while a slow client
    reads, and it works behind a connection pooler. Annotations are append-only, so the highest
    key at the start bounds a consistent state. How many keys make a piece follows from the piece
    before it: of a ranking of nine come 36 rows. Each row is encoded before the next is made.
    """
    source, rows = _source(dataset, project, filters)
    return _pieces(_keys(source), rows)


def _pieces(keys: Iterator[int], rows: Maker) -> Iterator[bytes]:
    wanted = KEYS_AT_FIRST
    while some := list(islice(keys, wanted)):
        piece = b"".join(
            [orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows(some)]
        )
        yield piece
        per_key = len(piece) // len(some) + 1
        wanted = max(1, min(PIECE // per_key, 4 * wanted, KEYS_AT_MOST))


def preview(dataset: Dataset, project: Project, filters: Filters, *, rows: int) -> list[Row]:
    """The first `rows` rows."""
    source, make = _source(dataset, project, filters)
    keys, found = _keys(source), list[Row]()
    while len(found) < rows and (some := list(islice(keys, KEYS_AT_FIRST))):
        found += make(some)
    return found[:rows]


def _source(dataset: Dataset, project: Project, filters: Filters) -> tuple["QuerySet[Any]", Maker]:
    """What has the keys, and how rows are made of some of them, in their order.

    BadRequestError for a filter that the dataset does not have.
    """
    source = source_of(dataset)
    filters.check(source.filters)
    if not isinstance(dataset, Shaped):
        return source.wanted(dataset, project, filters), source.make(dataset, project, filters)
    make, shape = source.make(dataset.of, project, filters), dataset.shape
    return source.wanted(dataset.of, project, filters), lambda keys: map(shape, make(keys))


def _keys(source: "QuerySet[Any]") -> Iterator[int]:
    """The keys of `source`, ascending.

    Filters and joins are worked out once for many thousand rows, whatever plan PostgreSQL takes;
    the rows themselves are then found by key, at the same cost however large the table is.
    """
    newest = source.model.objects.aggregate(newest=Max("pk"))["newest"] or 0
    after, wanted = 0, KEYS_AT_FIRST
    while after < newest:
        following = source.filter(pk__gt=after, pk__lte=newest).order_by("pk")
        keys = list(following.values_list("pk", flat=True)[:wanted])
        yield from keys
        if len(keys) < wanted:
            return
        after, wanted = keys[-1], KEYS_PER_READ
