"""Tasks whose right answer is known."""

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from core.errors import ConflictError
from labeling import slots
from labeling.checks import scoring
from labeling.kinds import kinds
from labeling.models import Annotation, Gold, Purpose

Standing = Annotation.Standing
# What may be right: a sent back or excluded answer is not.
MARKED_FROM = {Standing.COUNTS, Standing.OVERRULED, Standing.SURPLUS}


def may_mark(annotation: Annotation) -> bool:
    """Whether an answer can be made gold: the button for `mark`. No vote on models is right, and
    nobody else is given the texts of a live conversation.
    """
    is_apart = annotation.purpose == Purpose.VERDICT or kinds()[annotation.kind].is_live
    return annotation.standing in MARKED_FROM and not is_apart


@transaction.atomic
def mark(*, annotation: Annotation, by: User) -> Gold:
    """Take this answer for the right one of its task, instead of another where there was one."""
    slots.lock(annotation.task_id)
    if kinds()[annotation.kind].is_live:
        raise ConflictError(
            _(
                "No two people are given the same replies in a live conversation, so none can be "
                "checked by it."
            )
        )
    if not may_mark(annotation):
        now = {"standing": annotation.get_standing_display()}
        raise ConflictError(
            _("“%(standing)s”: only an answer that counts, or could, is made gold.") % now
        )
    gold, made = Gold.objects.get_or_create(
        task_id=annotation.task_id,
        defaults={"project_id": annotation.project_id, "answer": annotation, "created_by": by},
    )
    if not made:
        gold.answer, gold.retired_at = annotation, None
        gold.save(update_fields=["answer", "retired_at"])
        scoring.score_again(gold)
    _audit(gold, by, "gold.marked")
    return gold


@transaction.atomic
def retire(*, gold: Gold, by: User) -> None:
    """Ask it no more, and count it in no figure: known to everybody, or wrong."""
    if Gold.objects.filter(pk=gold.pk, retired_at=None).update(retired_at=Now()):
        _audit(gold, by, "gold.retired")


@transaction.atomic
def restore(*, gold: Gold, by: User) -> None:
    """Ask it again."""
    if Gold.objects.filter(pk=gold.pk).exclude(retired_at=None).update(retired_at=None):
        _audit(gold, by, "gold.restored")


@transaction.atomic
def use_in_test(*, gold: Gold, by: User, is_test: bool) -> None:
    """Ask it of new annotators before their first task, or mix it in unseen."""
    if Gold.objects.filter(pk=gold.pk, is_test=not is_test).update(is_test=is_test):
        _audit(gold, by, "gold.in_test" if is_test else "gold.mixed_in")


def _audit(gold: Gold, by: User, action: str) -> None:
    details = {"task": gold.task_id, "answer": gold.answer_id}
    target = f"labeling.Project:{gold.project_id}"
    audit(actor=by, action=action, target=target, details=details)
