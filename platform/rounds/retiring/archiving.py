"""Archiving a project, and that taken back; asking for its deletion."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from core.errors import BadInputError, ConflictError
from jobs import services as jobs
from jobs.models import Job
from labeling.models import Project
from rounds.models import Run
from rounds.retiring.loss import loss_of

DELETE = "delete_project"  # the kind of the job


@transaction.atomic
def archive(*, project: Project, by: User) -> None:
    """Hide it from lists and from annotators; its reviewers and managers read it, no one writes."""
    row = _lock(project)
    if row.archived_at is not None:
        raise ConflictError(_("This project is archived already. Load it again."))
    _require_quiet(row)
    row.archived_at = timezone.now()
    row.save(update_fields=["archived_at"])
    audit(actor=by, action="project.archived", target=f"labeling.Project:{row.pk}")


@transaction.atomic
def restore(*, project: Project, by: User) -> None:
    """Let everything go on where it was."""
    row = _lock(project)
    if row.archived_at is None:
        raise ConflictError(_("This project is not archived. Load it again."))
    row.archived_at = None
    row.save(update_fields=["archived_at"])
    audit(actor=by, action="project.restored", target=f"labeling.Project:{row.pk}")


@transaction.atomic
def ask_deletion(*, project: Project, by: User, typed: str) -> Job:
    """Queue the deletion of an archived project; nobody sees it from now on.

    typed: its short name, so that nobody does so by a slip.
    """
    row = _lock(project)
    if row.archived_at is None:
        raise ConflictError(_("Archive the project first: only an archived one is deleted."))
    if typed.strip() != row.slug:
        text = _("Type %s, the short name of the project, to delete it.") % row.slug
        raise BadInputError(text, errors={"typed": text})
    _require_quiet(row)
    row.deletion_asked_at = timezone.now()
    row.save(update_fields=["deletion_asked_at"])
    lost = loss_of(row)
    details = {
        "slug": row.slug,
        "name": row.name,
        "prompts": lost.prompts,
        "answers": lost.answers,
        "models": lost.models,
        "bytes": lost.bytes,
    }
    audit(
        actor=by,
        action="project.deletion_asked",
        target=f"labeling.Project:{row.pk}",
        details=details,
    )
    return jobs.enqueue(kind=DELETE, payload={"project": row.pk, "slug": row.slug}, created_by=by)


def _lock(project: Project) -> Project:
    row = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    if row.deletion_asked_at is not None:
        raise ConflictError(_("This project is being deleted."))
    return row


def _require_quiet(project: Project) -> None:
    if Run.objects.active().filter(round__project=project).exists():
        raise ConflictError(_("Runs of this project have not ended. Stop them first."))
