"""Reviewers decide a task: an answer of their own counts instead of the annotators'."""

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import ConflictError
from labeling import slots
from labeling.access import require_role
from labeling.models import Annotation, Assignment, Purpose, Role, Task

Standing = Annotation.Standing


@transaction.atomic
def decide(*, task: Task, by: User) -> Assignment:
    """The assignment in which `by` writes their decision: it holds no slot and never lapses."""
    row = slots.lock(task.pk)
    if row.purpose == Purpose.VERDICT:
        raise ConflictError(_("A vote on models is not decided: more people's votes count."))
    if by.pk in row.authors:
        raise ConflictError(_("You wrote one of its texts: somebody else has to decide this task."))
    if not row.annotations.newest().filter(purpose=Purpose.LABEL).exists():
        raise ConflictError(_("Nobody has answered this task yet: there is nothing to decide."))
    found, _created = row.assignments.get_or_create(
        annotator=by,
        purpose=Purpose.DECISION,
        defaults={
            "slot": 0,
            "lease_until": slots.lease(row.project),
            "shown_order": slots.order_for(row, by),
        },
    )
    if found.state != Assignment.State.ACTIVE:  # decided before: once more
        found.state, found.draft_version = Assignment.State.ACTIVE, found.draft_version + 1
        found.client_key = uuid.uuid4()
        found.save(update_fields=["state", "draft_version", "client_key"])
    return found


def overrule(row: Assignment) -> Annotation | None:
    """Make room for the decision in the locked assignment: the one before it, superseded.

    The annotators' answers count no more from now on, and nobody is asked any more.
    NotAllowedError where its annotator may not review any more.
    """
    require_role(row.task.project, row.annotator, role=Role.REVIEWER)
    decisions = row.task.annotations.filter(
        purpose=Purpose.DECISION, standing__in=[Standing.COUNTS, Standing.EXCLUDED]
    )
    before = decisions.order_by("pk").last()
    decisions.update(standing=Standing.SUPERSEDED)
    row.task.annotations.counted().update(standing=Standing.OVERRULED)
    slots.close(row.task)
    return before
