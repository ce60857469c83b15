"""What a project's managers chose about checks."""

from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.services import audit
from labeling.models import CheckSettings, Project


def settings_of(project: Project) -> CheckSettings:
    """The project's own, or those of a project that checks nothing.

    No query where the project came with them (labeling.access).
    """
    found: CheckSettings | None = getattr(project, "checks", None)
    return found if found is not None else CheckSettings(project_id=project.pk)


@transaction.atomic
def change(*, project: Project, by: User, **chosen: Any) -> CheckSettings:
    """Store them, and who did."""
    row, _made = CheckSettings.objects.select_for_update().get_or_create(project=project)
    changed = {name: value for name, value in chosen.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    row.save()
    if changed:
        details = {name: str(value) for name, value in sorted(changed.items())}
        target = f"labeling.Project:{project.pk}"
        audit(actor=by, action="checks.changed", target=target, details=details)
    return row
