"""Deciding which model serves."""

from django.db import transaction

from accounts.models import User
from labeling.models import Project
from registry import services as registry
from registry.models import AliasChange, ModelVersion


@transaction.atomic
def promote(*, project: Project, version: ModelVersion, by: User | None) -> AliasChange:
    """Let `version` write the completions of the next round."""
    last = project.rounds.select_related("writer").newest_first().first()
    return registry.promote(
        family=project.family, version=version, by=by, instead_of=last.writer if last else None
    )
