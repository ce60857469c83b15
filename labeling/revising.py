"""Annotators correct or take back what they answered, until training begins on it.

An answer is never changed: a correction is another one, which says what it `revises`.
"""

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import ConflictError, NotFoundError
from labeling import concerns, human_texts, slots
from labeling.checks import closing
from labeling.models import CHECKS, Annotation, Assignment, CheckScore, Project, Review

Standing, State = Annotation.Standing, Assignment.State
TAKEN_BACK_FROM = {Standing.COUNTS, Standing.OVERRULED, Standing.SENT_BACK, Standing.CHECK}
CORRECTED_FROM = TAKEN_BACK_FROM | {Standing.TAKEN_BACK}


@transaction.atomic
def revise(*, annotation: Annotation, by: User) -> Assignment:
    """The assignment of one's own answer, open again with the answer as its draft.

    The answer counts until the correction is submitted, unless it was sent back.
    """
    row, found = _own(annotation, by)
    if row.state == State.REVISING:
        return row
    if found.standing == Standing.TAKEN_BACK:
        if not slots.take(row.task, row, to=State.REVISING):
            raise ConflictError(_("Others have answered this task since. Take the next one."))
    elif found.standing not in CORRECTED_FROM:
        raise ConflictError(_("This answer does not count, so there is nothing to correct."))
    check_open(found)
    reopen(row, found)
    return row


def reopen(row: Assignment, answer: Annotation) -> None:
    """Lay the locked assignment open with `answer` as its draft, under a new key.

    A correction that has been begun keeps its draft.
    """
    if row.state == State.REVISING and row.draft is not None:
        return
    row.state, row.draft, row.client_key = State.REVISING, concerns.draft_of(answer), uuid.uuid4()
    row.draft_version += 1
    row.save(update_fields=["state", "draft", "client_key", "draft_version"])
    slots.settle(row.task)


@transaction.atomic
def keep(*, assignment: Assignment, by: User) -> None:
    """Leave the answer as it was. What was sent back waits for a correction all the same."""
    row = slots.hold(assignment.pk)
    if row is None or row.annotator_id != by.pk:
        raise NotFoundError
    before = standing_of(row)
    if row.state != State.REVISING or before is None:
        raise ConflictError(_("This answer is not being corrected any more."))
    if before.standing == Standing.SENT_BACK:
        raise ConflictError(_("It was sent back: correct it, or take it back."))
    row.draft = None
    row.state = State.SUBMITTED
    row.save(update_fields=["state", "draft"])
    if before.standing == Standing.TAKEN_BACK:
        slots.vacate(row.task, row, ask_again=True)
    slots.settle(row.task)


@transaction.atomic
def take_back(*, annotation: Annotation, by: User) -> None:
    """One's own answer counts no more; the task goes to someone else."""
    row, found = _own(annotation, by)
    if found.standing not in TAKEN_BACK_FROM:
        raise ConflictError(_("This answer does not count any more."))
    check_open(found)
    Annotation.objects.filter(pk=found.pk).update(standing=Standing.TAKEN_BACK)
    human_texts.retract(found)
    slots.vacate(row.task, row, ask_again=True)
    if found.purpose in CHECKS:
        CheckScore.objects.filter(annotation=found).delete()
    Review.objects.create(annotation=found, actor=by, verb=Review.Verb.TAKEN_BACK)


def may_correct(annotation: Annotation) -> bool:
    """Whether its annotator may correct it: the button for `revise`."""
    return annotation.standing in CORRECTED_FROM and not why_closed(annotation)


def may_take_back(annotation: Annotation) -> bool:
    """Whether its annotator may take it back."""
    return annotation.standing in TAKEN_BACK_FROM and not why_closed(annotation)


def replace(row: Assignment) -> Annotation:
    """The answer that the next one of the locked assignment corrects, superseded from now on."""
    before = standing_of(row)
    assert before is not None
    check_open(before)
    Annotation.objects.filter(pk=before.pk).update(standing=Standing.SUPERSEDED)
    human_texts.retract(before)
    return before


def standing_of(row: Assignment) -> Annotation | None:
    """The newest answer of an assignment, with its task and project."""
    found = row.annotations.newest().order_by("-pk").first()
    if found is not None:
        found.task = row.task
    return found


def close_corrections(*, project: Project, round_number: int) -> None:
    """Training begins on the labels of this round and those before: annotators change no more."""
    earlier = Project.objects.filter(pk=project.pk, frozen_round__lt=round_number)
    earlier.update(frozen_round=round_number)


def why_closed(annotation: Annotation) -> str:
    """Why its annotator can change it no more, in words; "" while they can."""
    if not annotation.is_frozen or annotation.standing == Standing.SENT_BACK:
        return closing.why_closed(annotation)
    return _(
        "Training has begun with this answer, so it can no longer be changed. "
        "Write a comment: a reviewer can send it back to you."
    )


def check_open(annotation: Annotation) -> None:
    """ConflictError where it is not open any more."""
    if reason := why_closed(annotation):
        raise ConflictError(reason)


def _own(annotation: Annotation, by: User) -> tuple[Assignment, Annotation]:
    """The locked assignment and the answer as it is now; NotFoundError where it is not `by`'s."""
    row = slots.hold(annotation.assignment_id)
    if row is None or row.annotator_id != by.pk:
        raise NotFoundError
    found = row.annotations.get(pk=annotation.pk)
    found.task = row.task
    if found.standing == Standing.SUPERSEDED:
        raise ConflictError(_("You have corrected this answer already. Open the newest one."))
    return row, found
