"""Reading a whole table in constant memory."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from django.db.models import Max, QuerySet

from api.exports.datasets import PROMPTS, of_annotation, prompt_row
from api.exports.filters import Filters
from api.exports.records import annotation_records, prompt_records
from labeling.datasets import Dataset, Row
from labeling.kinds import kinds
from labeling.models import Project, Prompt
from rounds.queries import usable_annotations

KEYS_AT_FIRST = 100  # a preview reads no more, and a download begins at once
KEYS_PER_READ = 20_000
ROWS_PER_READ = 1_000


def read(dataset: Dataset, project: Project, filters: Filters) -> Iterator[list[Row]]:
    """The rows of `dataset`, some thousand at a time, oldest first.

    Pages by key instead of a server-side cursor: no transaction stays open while a slow client
    reads, and it works behind a connection pooler. Annotations are append-only, so the highest
    key at the start bounds a consistent state.
    """
    if dataset is PROMPTS:
        prompts = filters.on_prompts(Prompt.objects.filter(project=project))
        for keys in _keys(prompts):
            yield [prompt_row(prompt) for prompt in prompt_records(keys)]
        return
    makers = {
        name: kind.exports[dataset] for name, kind in kinds().items() if dataset in kind.exports
    }
    annotations = filters.on_annotations(usable_annotations(project).filter(kind__in=makers))
    for keys in _keys(annotations):
        page: list[Row] = []
        for annotation in annotation_records(keys):
            around = of_annotation(annotation)
            for row in makers[annotation.kind](annotation):
                if row.keys() != dataset.columns.keys():
                    raise TypeError(f"{annotation.kind} has other columns than {dataset.name}")
                page.append({"prompt": annotation.prompt.messages, **row, **around})
        yield page


def preview(dataset: Dataset, project: Project, filters: Filters, *, rows: int) -> list[Row]:
    """The first `rows` rows."""
    return list(islice(chain.from_iterable(read(dataset, project, filters)), rows))


def _keys(source: "QuerySet[Any]") -> Iterator[list[int]]:
    """The keys of `source`, ascending, as many at a time as its rows are read.

    Filters and joins are worked out once for many thousand rows, whatever plan PostgreSQL takes;
    the rows themselves are then found by key, at the same cost however large the table is.
    """
    newest = source.model.objects.aggregate(newest=Max("pk"))["newest"] or 0
    after, wanted = 0, min(KEYS_AT_FIRST, KEYS_PER_READ)
    while after < newest:
        following = source.filter(pk__gt=after, pk__lte=newest).order_by("pk")
        keys = list(following.values_list("pk", flat=True)[:wanted])
        for start in range(0, len(keys), ROWS_PER_READ):
            yield keys[start : start + ROWS_PER_READ]
        if len(keys) < wanted:
            return
        after, wanted = keys[-1], KEYS_PER_READ
