"""Answers: each is kept once, forever, as it was given."""

import json
import logging
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.announcing import announce
from core.errors import ConflictError, NotFoundError
from core.postgresql.rows import Columns, first_row
from labeling import concerns as beside
from labeling import deciding, revising, slots, told
from labeling.assigning import claim_locked
from labeling.checks import scoring
from labeling.kinds import kinds
from labeling.models import CHECKS, LONGEST_DAY, Annotation, Assignment, Project, Purpose
from labeling.projects import check_guideline_version

logger = logging.getLogger(__name__)

Standing = Annotation.Standing
_HOLDING = Assignment.State.ACTIVE, Assignment.State.REVISING
ANNOTATION = Columns(Annotation, "n")
# The answer is stored, the assignment ends, and a task with all its answers is done. Where a
# reviewer has decided the task meanwhile, the answer does not count.
STORE = f"""
WITH ended AS (
  UPDATE labeling_assignment SET state = %(state)s, draft = NULL, active_seconds = %(seconds)s
  WHERE id = %(assignment)s
), closed AS (
  UPDATE labeling_task t SET state = 'done'
  WHERE id = %(task)s AND state = 'open' AND free_slots = 0 AND NOT EXISTS (
    SELECT FROM labeling_assignment o
    WHERE o.task_id = t.id AND o.state IN ('active', 'revising')
    AND o.slot > 0 AND o.id <> %(assignment)s
  )
)
INSERT INTO labeling_annotation AS n (
  project_id, task_id, assignment_id, annotator_id, kind, body, concerns, comment, shown_order,
  guideline_version, client_key, active_seconds, is_simulated, purpose, standing, revises_id,
  created_at, round_number, is_chosen, language, split
)
SELECT
  %(project)s, %(task)s, %(assignment)s, %(annotator)s, %(kind)s, %(body)s::jsonb,
  %(concerns)s::varchar[], %(comment)s, %(order)s::jsonb, %(guidelines)s, %(key)s, %(seconds)s,
  %(simulated)s, %(purpose)s,
  CASE WHEN %(standing)s = 'counts' AND EXISTS (
    SELECT FROM labeling_annotation d
    WHERE d.task_id = %(task)s AND d.purpose = 'decision' AND d.standing = 'counts'
  ) THEN 'overruled' ELSE %(standing)s END,
  %(revises)s, statement_timestamp(), %(round)s, %(chosen)s, p.language, p.split
FROM labeling_prompt p WHERE p.id = %(prompt)s
RETURNING {ANNOTATION}
"""


@transaction.atomic
def submit(
    *,
    assignment: Assignment,
    body: dict[str, Any],
    client_key: uuid.UUID,
    active_seconds: int,
    guideline_version: int | None = None,
    concerns: Sequence[str] = (),
    comment: str = "",
) -> Annotation:
    """Store the answer and end the assignment. Sent again with the same key, it is the same answer.

    A late one takes its slot again if that is free; else it is kept as surplus.
    guideline_version: the one that the annotator had before their eyes, by default the newest.
    concerns, comment: what goes with it beside its body.
    """
    row = slots.hold(assignment.pk)
    if row is None:
        raise Assignment.DoesNotExist
    return _submit(
        row,
        body=body,
        client_key=client_key,
        active_seconds=active_seconds,
        guideline_version=guideline_version,
        concerns=concerns,
        comment=comment,
    )


@transaction.atomic
def submit_and_claim(
    *, assignment_id: int, project: Project, annotator: User, kind: str | None, **answer: Any
) -> tuple[Annotation, Assignment | None]:
    """What `submit` and then `claim_next` give, in one transaction: one wait for the disk.

    Nothing is claimed after a correction or a decision.
    NotFoundError where the assignment is not this annotator's in this project.
    """
    row = slots.hold(assignment_id)
    if row is None or row.annotator_id != annotator.pk or row.task.project_id != project.pk:
        raise NotFoundError
    annotation = _submit(row, **answer)
    if annotation.revises_id is not None or annotation.purpose == Purpose.DECISION:
        return annotation, None  # a correction or a decision is not one of a row of tasks
    return annotation, claim_locked(project=project, annotator=annotator, kind=kind)


def _submit(
    row: Assignment,
    *,
    body: dict[str, Any],
    client_key: uuid.UUID,
    active_seconds: int,
    guideline_version: int | None = None,
    concerns: Sequence[str] = (),
    comment: str = "",
) -> Annotation:
    task = row.task
    if guideline_version is None:
        guideline_version = task.project.guideline_version
    check_guideline_version(task.project, guideline_version)
    kind = kinds()[task.kind]
    clean = kind.validate(task, kind.complete(row, body))
    remark = beside.Remark.of(concerns=concerns, comment=comment)
    if row.state in {Assignment.State.SUBMITTED, Assignment.State.SURPLUS}:
        return _replay(row, body=clean, remark=remark, client_key=client_key)
    if row.state == Assignment.State.SKIPPED:
        raise ConflictError(_("You have skipped this task: it goes to others. Take the next one."))
    if row.state == Assignment.State.VOID:
        raise ConflictError(_("This answer was excluded or taken back. Take the next task."))
    before = None
    if row.state == Assignment.State.REVISING:
        before = revising.replace(row)
    elif row.purpose == Purpose.DECISION:
        before = deciding.overrule(row)
    counted = row.state in _HOLDING or slots.take(task, row)
    annotation = _store(
        row,
        counted=counted,
        before=before,
        body=clean,
        remark=remark,
        client_key=client_key,
        guideline_version=guideline_version,
        seconds=min(max(active_seconds, row.active_seconds, 0), LONGEST_DAY),
    )
    if row.purpose in CHECKS:
        scoring.score(annotation)
    beside.follow(annotation)
    if before is not None:
        told.of_revision(annotation, before)
    announce(
        "annotation.submitted",
        project=task.project_id,
        data={
            "project": task.project.slug,
            "annotation": annotation.pk,
            "task": task.pk,
            "prompt": task.prompt_id,
            "kind": task.kind,
            "round": task.round_number,
            "purpose": annotation.purpose,
        },
    )
    logger.info("annotation %s of task %s by user %s", annotation.pk, task.pk, row.annotator_id)
    return annotation


def _store(
    row: Assignment,
    *,
    counted: bool,
    before: Annotation | None,
    body: dict[str, Any],
    remark: beside.Remark,
    client_key: uuid.UUID,
    guideline_version: int,
    seconds: int,
) -> Annotation:
    state = Assignment.State.SUBMITTED if counted else Assignment.State.SURPLUS
    parameters = {
        "project": row.task.project_id,
        "task": row.task_id,
        "assignment": row.pk,
        "annotator": row.annotator_id,
        "kind": row.task.kind,
        "round": row.task.round_number,
        "chosen": row.task.is_chosen,
        "prompt": row.task.prompt_id,
        "body": json.dumps(body),
        "concerns": list(remark.concerns),
        "comment": remark.comment,
        "order": json.dumps(row.shown_order),
        "guidelines": guideline_version,
        "key": client_key,
        "seconds": seconds,
        "simulated": row.annotator.is_simulated,
        "purpose": row.purpose,
        "standing": _standing(row, counted=counted).value,
        "revises": before.pk if before else None,
        "state": state.value,
    }
    try:
        stored = first_row(STORE, parameters)
    except IntegrityError as error:  # the key belongs to an answer of another task
        if "labeling_client_key_once" not in str(error):
            raise
        raise _given_already() from error
    assert stored is not None
    annotation = ANNOTATION.read(stored)
    annotation.task, annotation.assignment, annotation.annotator = row.task, row, row.annotator
    row.state, row.draft, row.active_seconds = state, None, seconds
    return annotation


def _standing(row: Assignment, *, counted: bool) -> Standing:
    if row.purpose in CHECKS:
        return Standing.CHECK
    return Standing.COUNTS if counted else Standing.SURPLUS


def _replay(
    row: Assignment, *, body: dict[str, Any], remark: beside.Remark, client_key: uuid.UUID
) -> Annotation:
    """The answer that this key stored; ConflictError when it was another one."""
    before = row.annotations.filter(client_key=client_key).first()
    if before is None or before.body != body:
        raise _given_already()
    if (before.concerns, before.comment) != (remark.concerns, remark.comment):
        raise _given_already()
    return before


def _given_already() -> ConflictError:
    return ConflictError(_("This task is already submitted; your first answer counts."))
