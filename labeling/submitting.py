"""Answers: each is kept, once, for ever as it was given."""

import logging
import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import ConflictError
from labeling import slots
from labeling.kinds import kinds
from labeling.models import LONGEST_DAY, Annotation, Assignment, Task
from labeling.projects import check_guideline_version

logger = logging.getLogger(__name__)


@transaction.atomic
def submit(
    *,
    assignment: Assignment,
    body: dict[str, Any],
    client_key: uuid.UUID,
    active_seconds: int,
    guideline_version: int | None = None,
) -> Annotation:
    """Store the answer and end the assignment. Sent again with the same key, it is the same answer.

    A late one takes its slot again if that is free; else it is kept as surplus.
    guideline_version: the one that the annotator had before their eyes, by default the newest.
    """
    task = slots.lock(assignment.task_id)
    if guideline_version is None:
        guideline_version = task.project.guideline_version
    check_guideline_version(task.project, guideline_version)
    clean = kinds()[task.kind].validate(task, body)
    row = Assignment.objects.select_related("annotator").get(pk=assignment.pk)
    if before := row.annotator.annotations.filter(client_key=client_key).first():
        return _replay(before, assignment=row, body=clean)
    if row.state in {Assignment.State.SUBMITTED, Assignment.State.SURPLUS}:
        raise ConflictError(_("This task is already submitted; your first answer counts."))
    if row.state == Assignment.State.SKIPPED:
        raise ConflictError(_("You have skipped this task: it goes to others. Take the next one."))
    counted = row.state == Assignment.State.ACTIVE or slots.take(task, row)
    annotation = Annotation.objects.create(
        task=task,
        assignment=row,
        annotator=row.annotator,
        kind=task.kind,
        body=clean,
        shown_order=row.shown_order,
        guideline_version=guideline_version,
        client_key=client_key,
        active_seconds=min(max(active_seconds, row.active_seconds, 0), LONGEST_DAY),
        is_simulated=row.annotator.is_simulated,
        is_surplus=not counted,
    )
    row.state = Assignment.State.SUBMITTED if counted else Assignment.State.SURPLUS
    row.draft, row.active_seconds = None, annotation.active_seconds
    row.save(update_fields=["state", "draft", "active_seconds"])
    _close_if_complete(task)
    logger.info("annotation %s of task %s by user %s", annotation.pk, task.pk, row.annotator_id)
    return annotation


def _replay(before: Annotation, *, assignment: Assignment, body: dict[str, Any]) -> Annotation:
    """The answer that this key stored; ConflictError when it was another one."""
    if before.assignment_id == assignment.pk and before.body == body:
        return before
    raise ConflictError(_("This task is already submitted; your first answer counts."))


def _close_if_complete(task: Task) -> None:
    given = task.assignments.filter(state=Assignment.State.SUBMITTED).count()
    if given >= task.overlap:
        Task.objects.filter(pk=task.pk, state=Task.State.OPEN).update(state=Task.State.DONE)
