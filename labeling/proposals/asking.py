"""What managers ask for: so many prompts of a form, for a use case."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from core.errors import BadInputError
from labeling.models import Project, PromptForm, Role, WantedPrompts
from labeling.proposals import telling
from notices.services import notify


@transaction.atomic
def ask(
    *,
    project: Project,
    form: str,
    number: int,
    by: User | None,
    use_case: str = "",
    description: str = "",
    language: str = "",
    heldout_percent: int = 20,
) -> WantedPrompts:
    """Ask the project's annotators for `number` prompts, and tell them.

    heldout_percent: of those that are accepted, how many go to the held-out split.
    """
    if form == PromptForm.USER_BASED:
        needed = {"use_case": use_case, "description": description}
        missing = _("A user-based prompt is written for a use case: name and describe it.")
        if wrong := {name: missing for name, value in needed.items() if not value.strip()}:
            raise BadInputError(missing, errors=wrong)
    wanted = WantedPrompts.objects.create(
        project=project,
        form=form,
        use_case=use_case,
        description=description,
        language=language,
        number=number,
        heldout_percent=heldout_percent,
        created_by=by,
    )
    people = User.objects.filter(memberships__project=project, memberships__role=Role.ANNOTATOR)
    link = reverse("proposals", args=[project.slug])
    notify(telling.WANTED, to=people, link=link, actor=by, project=project.name)
    _audit(wanted, by, "prompts.asked")
    return wanted


@transaction.atomic
def change(*, wanted: WantedPrompts, number: int, is_open: bool, by: User) -> None:
    """Ask for another number, or for no more. What was begun may still be submitted."""
    row = WantedPrompts.objects.select_for_update().get(pk=wanted.pk)
    if (row.number, row.closed_at is None) == (number, is_open):
        return
    row.number = number
    row.closed_at = None if is_open else row.closed_at or timezone.now()
    row.save(update_fields=["number", "closed_at"])
    _audit(row, by, "prompts.asked_on" if is_open else "prompts.asked_no_more")


def _audit(wanted: WantedPrompts, by: User | None, action: str) -> None:
    details = {"form": wanted.form, "use_case": wanted.use_case, "number": wanted.number}
    target = f"labeling.Project:{wanted.project_id}"
    audit(actor=by, action=action, target=target, details=details)
