"""Who works on what: claiming the next task, keeping its draft, leaving it."""

import random
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import BadInputError, ConflictError, StaleDraftError
from core.text import clean_json, clean_text
from labeling import slots
from labeling.models import LONGEST_DAY, Assignment, Project, Task


@transaction.atomic
def claim_next(*, project: Project, annotator: User, kind: str | None = None) -> Assignment | None:
    """What `annotator` does next; None when nothing is left for them.

    Their own unfinished assignment comes first, then one whose lease ran out while its slot is
    still free (its draft is kept), then the most urgent open task.
    """
    # One claim of a person at a time, or two tabs would hold two tasks.
    User.objects.select_for_update(no_key=True).get(pk=annotator.pk)
    slots.expire(project)
    wanted = Q(project=project) & (Q(kind=kind) if kind else Q())
    return _own(annotator, wanted) or _resumed(annotator, wanted) or _new(annotator, wanted)


def _own(annotator: User, wanted: Q) -> Assignment | None:
    tasks = Task.objects.filter(wanted)
    assignment = Assignment.objects.in_work(annotator).filter(task__in=tasks).first()
    if assignment:
        renew(assignment=assignment)
    return assignment


def _resumed(annotator: User, wanted: Q) -> Assignment | None:
    tasks = Task.objects.filter(wanted)
    for assignment in Assignment.objects.resumable_by(annotator).filter(task__in=tasks)[:3]:
        # Not waiting: this holds other tasks' locks already, which two claims could wait for.
        task = slots.lock_if_idle(assignment.task_id)
        if task and slots.take(task, assignment):
            return assignment
    return None


def _new(annotator: User, wanted: Q) -> Assignment | None:
    open_tasks = Task.objects.filter(wanted).claimable_by(annotator).select_related("project")
    # One statement picks and locks; tasks that others are claiming right now are passed over.
    task = open_tasks.select_for_update(no_key=True, skip_locked=True, of=("self",)).first()
    if task is None:
        return None
    # The row is locked: what this statement reads of its assignments is the newest.
    slot = slots.lowest_free(task)
    Task.objects.filter(pk=task.pk).update(free_slots=F("free_slots") - 1)
    order = list(task.completions.order_by("pk").values_list("pk", flat=True))
    random.Random(f"{task.pk}:{annotator.pk}").shuffle(order)  # another order for each person
    assignment = Assignment.objects.create(
        task=task,
        slot=slot,
        annotator=annotator,
        lease_until=slots.lease(task.project),
        shown_order=order,
    )
    assignment.refresh_from_db(fields=["lease_until"])
    return assignment


def renew(*, assignment: Assignment) -> None:
    """Begin the lease anew, if the slot is still held."""
    project = assignment.task.project
    Assignment.objects.filter(pk=assignment.pk, state=Assignment.State.ACTIVE).update(
        lease_until=slots.lease(project)
    )


@transaction.atomic
def save_draft(
    *, assignment: Assignment, draft: dict[str, Any] | None, version: int, active_seconds: int
) -> Assignment:
    """Keep `draft` (None: only renew the lease) and return the assignment as it is now.

    version: of the draft that the page began from. StaleDraftError when another tab saved since.
    """
    task = slots.lock(assignment.task_id)
    row = Assignment.objects.select_for_update(no_key=True).get(pk=assignment.pk)
    if row.state in {Assignment.State.SUBMITTED, Assignment.State.SURPLUS}:
        raise ConflictError(_("This task is already submitted."))
    if row.state == Assignment.State.SKIPPED:
        raise ConflictError(_("You have skipped this task: it goes to others. Take the next one."))
    if row.draft_version != version:
        raise StaleDraftError(
            _("This task was changed in another tab or on another device."),
            version=row.draft_version,
            draft=row.draft,
        )
    if draft is not None and draft != row.draft:
        row.draft, row.draft_version = clean_json(draft), version + 1
    row.active_seconds = max(row.active_seconds, min(active_seconds, LONGEST_DAY))
    row.save(update_fields=["draft", "draft_version", "active_seconds"])
    if row.state == Assignment.State.ACTIVE:
        renew(assignment=row)
    else:
        slots.take(task, row)
    row.refresh_from_db()
    return row


@transaction.atomic
def skip(*, assignment: Assignment, reason: str) -> None:
    """Leave the task to others; it does not come back to this annotator."""
    reason = clean_text(reason.strip()[:200], field="reason")
    if not reason:
        raise BadInputError(_("Say why you skip it."), errors={"reason": _("Choose a reason.")})
    task = slots.lock(assignment.task_id)
    mine = Q(pk=assignment.pk)
    fields = {"skip_reason": reason, "draft": None, "lease_until": Now()}
    if slots.give_back(task, mine, state=Assignment.State.SKIPPED, **fields):
        return
    lapsed = Assignment.objects.filter(mine, state=Assignment.State.EXPIRED)
    if not lapsed.update(state=Assignment.State.SKIPPED, **fields):
        raise ConflictError(_("This task is already submitted or skipped."))
