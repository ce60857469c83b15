"""Leaving a task to others: what a project lets people say, and what comes of it."""

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import BadInputError, ConflictError
from labeling import assigning, content_warnings
from labeling.models import Assignment, Project, Skipping, SkipReason

OFFERED = [reason for reason in SkipReason if reason != SkipReason.DECLINED]


def offered(project: Project) -> list[tuple[str, str]]:
    """The reasons that `project` offers, by name, with their words; none where nobody may skip."""
    if project.skipping == Skipping.NEVER:
        return []
    chosen = [reason for reason in OFFERED if reason in (project.skip_reasons or OFFERED)]
    return [(reason.value, str(reason.label)) for reason in chosen]


@transaction.atomic
def skip(*, assignment: Assignment, reason: str, note: str = "") -> None:
    """Leave the task to others, for a reason that its project offers.

    Who was warned of the prompt may decline it in any project.
    """
    task = assignment.task
    if reason == SkipReason.DECLINED:
        if not task.prompt.is_warned_of:
            raise BadInputError(_("Say why you skip it."), errors={"reason": _("Choose a reason.")})
        assigning.skip(assignment=assignment, reason=reason)
        return
    check(task.project, reason=reason, note=note)
    assigning.skip(assignment=assignment, reason=f"{reason}: {note}" if note else reason)
    if reason == SkipReason.UNSAFE:
        content_warnings.report(task.prompt_id)


def check(project: Project, *, reason: str, note: str) -> None:
    """ConflictError where nobody skips, BadInputError where what they say is not enough."""
    if project.skipping == Skipping.NEVER:
        raise ConflictError(_("In this project tasks are not skipped. Ask a manager for help."))
    if reason not in dict(offered(project)):
        raise BadInputError(_("Say why you skip it."), errors={"reason": _("Choose a reason.")})
    if project.skipping == Skipping.NOTED and not note:
        raise BadInputError(
            _("Say why you skip it."),
            errors={"note": _("Write a note: this project asks for one.")},
        )


def in_words(stored: str) -> tuple[str, str]:
    """Reason, in words, and note of what an assignment was skipped for."""
    reason, _colon, note = stored.partition(": ")
    return str(dict(SkipReason.choices).get(reason, reason)), note
