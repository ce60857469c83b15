"""The filters of exports as a choice of the labels of a snapshot."""

from functools import partial

from django.db import transaction

from accounts.models import User
from accounts.services import audit
from api.exports.filters import Filters
from labeling.models import Preamble, Project
from registry import copies
from rounds.models import Snapshot
from rounds.snapshots import ALL, Chosen, freeze

# The others say how rows are written, not which labels.
FILTERS = frozenset(Filters.model_fields) - {"answers", "pairs", "ties"}


def freeze_chosen(*, project: Project, filters: Filters, by: User) -> Snapshot:
    """The snapshot of the labels that pass; the one there is already where nothing changed.

    BadRequestError for a filter that says how rows of an export are written.
    """
    chosen = _chosen_by(filters, project)
    return copies.uploading(partial(_freeze, project, chosen, by))


@transaction.atomic
def _freeze(project: Project, chosen: Chosen, by: User) -> Snapshot:
    frozen = freeze(project, preamble=Preamble.objects.in_force(project), chosen=chosen)
    target = f"labeling.Project:{project.pk}"
    audit(actor=by, action="snapshot.frozen", target=target, details={"sha256": frozen.sha256})
    return frozen


def _chosen_by(filters: Filters, project: Project) -> Chosen:
    """The labels that pass, and the prompts of their split and language."""
    filters.check(FILTERS)
    if not filters.asked:
        return ALL
    of_prompts = filters.lookups(split="split", language="language")
    return Chosen(
        filters=filters.asked,
        labels=lambda found: filters.on_annotations(found, project),
        prompts=lambda found: found.filter(**of_prompts),
    )
