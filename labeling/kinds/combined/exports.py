"""What leaves of a combined answer: the rows of each step, as its kind has them."""

from collections.abc import Iterator
from functools import partial

from labeling.datasets import PREFERENCES, AnnotationRecord, Dataset, Exports, Row
from labeling.kinds.combined.steps import Parts
from labeling.unpaired import UNPAIRED


def exports(parts: Parts) -> Exports:
    """The datasets of all parts."""
    datasets = dict.fromkeys(dataset for part in parts.values() for dataset in part.exports)
    return {dataset: partial(_rows, parts, dataset) for dataset in datasets}


def _rows(parts: Parts, dataset: Dataset, annotation: AnnotationRecord) -> Iterator[Row]:
    """Of each step; what says which texts are better only of the one that is learned from.

    `shown_order` is that of the step: where it began in another order than the page, that one.
    """
    settings, body = annotation.settings, annotation.body
    for name in [row.kind for row in settings.steps]:
        if dataset not in parts[name].exports:
            continue
        if dataset in {PREFERENCES, UNPAIRED} and name != settings.learned:
            continue
        own = annotation._replace(
            body=body["parts"][name],
            settings=getattr(settings, name, None),
            shown_order=body["presorted"].get(name, annotation.shown_order),
        )
        yield from parts[name].exports[dataset](own)
