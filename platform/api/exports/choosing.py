"""The filters of exports as a choice of the labels of a snapshot."""

from api.exports.filters import Filters
from labeling.models import Project
from rounds.snapshots import ALL, Chosen

OF_EXPORTS = {"answers", "pairs", "ties"}  # they say how rows are written, not which labels


def chosen_by(filters: Filters, project: Project) -> Chosen:
    """The labels that pass, and the prompts of their split and language.

    BadRequestError for a filter that says how rows of an export are written.
    """
    filters.check(Filters.model_fields.keys() - OF_EXPORTS)
    if not filters.asked:
        return ALL
    of_prompts = filters.lookups(split="split", language="language")
    return Chosen(
        filters=filters.asked,
        labels=lambda found: filters.on_annotations(found, project),
        prompts=lambda found: found.filter(**of_prompts),
    )
