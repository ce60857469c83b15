"""Removing a person: they sign in no more, and a pseudonym stands where their name stood."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.leaving import close_account
from accounts.models import AuditEntry, User
from accounts.services import audit
from core.errors import BadInputError, ConflictError
from core.locks import one_at_a_time
from jobs import services as jobs
from jobs.models import Job, JobEvent
from rounds.leaving.known import known_of, sole_managed

ERASE = "erase_person"  # the kind of the job


@transaction.atomic
def remove_person(*, person: User, by: User, typed: str, erase: bool) -> str:
    """Close the account of `person`; their pseudonym. erase: their answers' words go as well.

    typed: their address, so that nobody does so by a slip. The audit names the models that were
    trained with their answers and the snapshots that hold them.
    """
    one_at_a_time("people")  # two admins may not remove each other
    row = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if row.closed_at is not None:
        raise ConflictError(_("This person is removed already."))
    if typed.strip().casefold() != row.email.casefold():
        text = _("Type %s, the address of the person, to remove them.") % row.email
        raise BadInputError(text, errors={"typed": text})
    _require_others(row)
    known = known_of(row)
    _forget_name(row)
    row.memberships.all().delete()
    row.notices.all().delete()
    pseudonym = close_account(user=row)
    details = {
        "pseudonym": pseudonym,
        "erase": erase,
        "answers": known.answers,
        "models": [f"{version.name} ({version.pk})" for version in known.models],
        "snapshots": [snapshot.sha256 for snapshot in known.snapshots],
    }
    audit(actor=by, action="person.removed", target=f"accounts.User:{row.pk}", details=details)
    if erase:
        reason = _("Erased at the wish of the person")
        jobs.enqueue(kind=ERASE, payload={"person": row.pk, "reason": reason}, created_by=by)
    return pseudonym


def _require_others(person: User) -> None:
    admins = User.objects.filter(is_superuser=True, is_active=True)
    if person.is_superuser and not admins.exclude(pk=person.pk).exists():
        raise ConflictError(_("They are the only site admin: make somebody else one first."))
    if alone := sole_managed(person):
        names = ", ".join(project.name for project in alone)
        message = _("Nobody else manages %(projects)s: give somebody else the role first.")
        raise ConflictError(message % {"projects": names})


def _forget_name(person: User) -> None:
    """The log of a job says by name who cancelled or tried it again."""
    acts = AuditEntry.objects.filter(actor=person, target__startswith="jobs.Job:")
    pks = [int(target.partition(":")[2]) for target in acts.values_list("target", flat=True)]
    names = (person.name, person.email)
    for job in Job.objects.filter(pk__in=pks):
        job.error, job.error_said = _without(job.error, names), _without(job.error_said, names)
        job.save(update_fields=["error", "error_said"])
    for event in JobEvent.objects.filter(job__in=pks, kind=JobEvent.Kind.STATE):
        event.data = _without(event.data, names)
        event.save(update_fields=["data"])


def _without(said: Any, names: tuple[str, ...]) -> Any:
    """A text, or JSON with texts in it, without the names."""
    if isinstance(said, dict):
        return {key: _without(each, names) for key, each in said.items()}
    if isinstance(said, str):
        for name in filter(None, names):
            said = said.replace(name, "…")
    return said
