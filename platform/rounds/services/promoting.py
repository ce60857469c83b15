"""Deciding which model serves."""

from django.db import transaction

from accounts.models import User
from accounts.services import audit
from labeling.models import Project
from registry import services as registry
from registry.models import AliasChange, ModelVersion


@transaction.atomic
def promote(*, project: Project, version: ModelVersion, by: User | None) -> AliasChange:
    """Let `version` write the completions of the next round."""
    change = registry.promote(family=project.family, version=version, by=by)
    audit(
        actor=by,
        action="model.promoted",
        target=f"registry.ModelVersion:{version.pk}",
        details={"project": project.slug, "alias": change.name},
    )
    return change
