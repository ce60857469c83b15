"""Reading a whole table in constant memory."""

from collections.abc import Callable, Collection, Iterator
from itertools import islice
from typing import Any

import orjson
from django.db.models import Max, QuerySet

from api.exports.datasets import PROMPTS, of_annotation, prompt_row
from api.exports.filters import Filters
from api.exports.records import annotation_records, prompt_records
from labeling.datasets import THEN, Dataset, Row
from labeling.given import given, whole
from labeling.kinds import kinds
from labeling.models import Project, Prompt
from rounds.queries import usable_annotations

KEYS_AT_FIRST = 100  # a preview reads no more, and a download begins at once
KEYS_AT_MOST = 2_500  # in one statement
KEYS_PER_READ = 20_000
PIECE = 2**19  # bytes of JSON lines that are aimed at
Maker = Callable[[Collection[int]], Iterator[Row]]


def lines(dataset: Dataset, project: Project, filters: Filters) -> Iterator[bytes]:
    """The rows of `dataset` as JSON lines in UTF-8, oldest first, about a PIECE at a time.

    Pages by key instead of a server-side cursor: no transaction stays open while a slow client
    reads, and it works behind a connection pooler. Annotations are append-only, so the highest
    key at the start bounds a consistent state. How many keys make a piece follows from the piece
    before it: of a ranking of nine come 36 rows. Each row is encoded before the next is made.
    """
    source, rows = _source(dataset, project, filters)
    keys, wanted = _keys(source), KEYS_AT_FIRST
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
    """What has the keys, and how rows are made of some of them, in their order."""
    if dataset is PROMPTS:
        prompts = filters.on_prompts(Prompt.objects.filter(project=project))
        return prompts, lambda keys: map(prompt_row, prompt_records(keys))
    makers = {
        name: kind.exports[dataset] for name, kind in kinds().items() if dataset in kind.exports
    }

    preambles = dict(project.preambles.values_list("pk", "messages"))

    def rows(keys: Collection[int]) -> Iterator[Row]:
        for annotation in annotation_records(keys):
            around = of_annotation(annotation)
            before = preambles.get(annotation.preamble or 0, [])
            prompt = given(before, annotation.prompt.messages)
            around["given"] = whole(before, annotation.prompt.given)
            for row in makers[annotation.kind](annotation):
                then = row.pop(THEN, ())
                if row.keys() != dataset.columns.keys():
                    raise TypeError(f"{annotation.kind} has other columns than {dataset.name}")
                if then:
                    around["given"] = whole(before, annotation.prompt.given, then)
                yield {"prompt": [*prompt, *then], **row, **around}

    annotations = usable_annotations(project).filter(kind__in=makers)
    return filters.on_annotations(annotations), rows


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
