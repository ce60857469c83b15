"""The labels of a project, in the datasets of their kinds."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from api.exports.around import OF_ANNOTATION, of_annotation
from api.exports.filters import Filters
from api.exports.records import annotation_records
from api.exports.source import Maker, Source
from labeling.datasets import MESSAGES, PREFERENCES, THEN, Dataset, Row
from labeling.given import given, whole
from labeling.kinds import kinds
from labeling.models import Annotation, Project
from labeling.pseudonyms import naming
from rounds.queries import given_annotations, usable_annotations

if TYPE_CHECKING:
    from django.db.models import QuerySet

OF_PAIRS = frozenset({"pairs", "ties"})
BEST = 1  # the tier


def _wanted(dataset: Dataset, project: Project, filters: Filters) -> "QuerySet[Annotation]":
    makers = [name for name, kind in kinds().items() if dataset in kind.exports]
    read = given_annotations if filters.answers == "given" else usable_annotations
    return filters.on_annotations(read(project).filter(kind__in=makers), project)


def _make(dataset: Dataset, project: Project, filters: Filters) -> Maker:
    makers = {
        name: kind.exports[dataset] for name, kind in kinds().items() if dataset in kind.exports
    }
    preambles = dict(project.preambles.values_list("pk", "messages"))
    name, with_ties = naming(project), filters.ties == "both_ways"
    only_best = dataset is PREFERENCES and filters.pairs == "best"

    def rows(keys: Collection[int]) -> Iterator[Row]:
        for found in annotation_records(keys):
            annotation = found._replace(with_ties=True) if with_ties else found
            around = of_annotation(annotation, name)
            before = preambles.get(annotation.preamble or 0, [])
            prompt = given(before, annotation.prompt.messages)
            around["given"] = whole(before, annotation.prompt.given)
            for row in makers[annotation.kind](annotation):
                then = row.pop(THEN, ())
                if row.keys() != dataset.columns.keys():
                    raise TypeError(f"{annotation.kind} has other columns than {dataset.name}")
                if only_best and row["chosen_tier"] != BEST:
                    continue
                if then:
                    around["given"] = whole(before, annotation.prompt.given, then)
                yield {"prompt": [*prompt, *then], **row, **around}

    return rows


LABELS = Source(
    first={"prompt": MESSAGES},
    around=OF_ANNOTATION,
    filters=frozenset(Filters.model_fields) - OF_PAIRS,
    wanted=_wanted,
    make=_make,
)
PAIRS = Source(
    first=LABELS.first,
    around=OF_ANNOTATION,
    filters=LABELS.filters | OF_PAIRS,
    wanted=_wanted,
    make=_make,
)
