"""Which datasets there are: those of the kinds of annotation, and what no kind owns."""

from functools import cache

from api.exports import evaluations, labels, prompts, skips
from api.exports.evaluations import EVALUATIONS, SAMPLES
from api.exports.prompts import PROMPTS
from api.exports.shaped import SHAPED, Shaped
from api.exports.skips import SKIPS
from api.exports.source import Source
from labeling.datasets import PREFERENCES, ColumnType, Dataset
from labeling.kinds import kinds

SOURCES = {
    PREFERENCES: labels.PAIRS,
    PROMPTS: prompts.SOURCE,
    SKIPS: skips.SOURCE,
    EVALUATIONS: evaluations.OF_EVALUATIONS,
    SAMPLES: evaluations.OF_SAMPLES,
}


@cache
def datasets() -> dict[str, Dataset]:
    """All datasets by name; the prompts, which no kind owns, come last."""
    found: dict[str, Dataset] = {}
    of_kinds = (dataset for kind in kinds().values() for dataset in kind.exports)
    for dataset in (*of_kinds, *SHAPED, SKIPS, EVALUATIONS, SAMPLES, PROMPTS):
        if found.setdefault(dataset.name, dataset) is not dataset:
            raise ValueError(f"two datasets are named {dataset.name}: import the other one")
    return found


def source_of(dataset: Dataset) -> Source:
    """Where its rows come from."""
    return SOURCES.get(dataset.of if isinstance(dataset, Shaped) else dataset, labels.LABELS)


def columns(dataset: Dataset) -> dict[str, ColumnType]:
    """All columns in their order: the prompt, the dataset's own, and of what the row is."""
    if isinstance(dataset, Shaped):
        return dict(dataset.columns)
    source = source_of(dataset)
    return {**source.first, **dataset.columns, **source.around}
