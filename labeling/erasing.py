"""What a person answered, erased at their wish: that there was an answer stays, its words go."""

from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from labeling import reviewing, slots
from labeling.models import Annotation, Assignment, Flagged, Gold, Marked, Purpose, Review
from labeling.proposals.erasing import erase_proposals

Standing = Annotation.Standing
WORDS: dict[str, Any] = {"body": {}, "concerns": [], "comment": ""}  # as nobody has said anything


def erase_answers(*, person: User, by: User, reason: str) -> int:
    """Erase every answer, draft, comment and proposed prompt of `person`; how many answers those
    were.

    One transaction for each task, so that nobody waits for long; a second call does what is left.
    """
    erased = 0
    for pk in person.assignments.order_by("task", "pk").values_list("pk", flat=True):
        erased += _erase(pk, by=by, reason=reason)
    Review.objects.filter(actor=person).exclude(text="").update(text="")
    erase_proposals(person=person)
    return erased


@transaction.atomic
def _erase(pk: int, *, by: User, reason: str) -> int:
    """Erase what was written in one assignment; its slot is free again for others.

    A task whose round has been trained on is not asked again.
    """
    row = slots.hold(pk)
    assert row is not None
    again = row.task.round_number > row.task.project.frozen_round
    for answer in row.annotations.filter(standing__in=reviewing.EXCLUDED_FROM):
        is_label = answer.purpose == Purpose.LABEL  # without a decision the others' answers count
        reviewing.exclude(annotation=answer, by=by, text=reason, ask_again=again and is_label)
    slots.give_back(row.task, Q(pk=row.pk), state=Assignment.State.EXPIRED)
    Assignment.objects.filter(pk=row.pk).update(
        draft=None, skip_reason=row.skip_reason.partition(":")[0]
    )
    Gold.objects.filter(answer__assignment=row).delete()
    for model in (Flagged, Marked):
        model.objects.filter(annotation__assignment=row).delete()
    left = row.annotations.exclude(body={})
    erased = left.filter(standing=Standing.SUPERSEDED).update(**WORDS)
    return erased + left.update(**WORDS, standing=Standing.ERASED)
