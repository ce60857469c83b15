"""What a person answered, erased at their wish: that there was an answer stays, its words go."""

from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from labeling import reviewing, slots
from labeling.kinds import kinds
from labeling.models import (
    Annotation,
    Assignment,
    Completion,
    Flagged,
    Gold,
    Marked,
    Purpose,
    Review,
    Task,
)
from labeling.proposals.erasing import erase_proposals
from labeling.queries import AnnotationQuerySet

Standing = Annotation.Standing
WORDS: dict[str, Any] = {"body": {}, "concerns": [], "comment": ""}  # as nobody has said anything


def erase_answers(*, person: User, by: User, reason: str) -> int:
    """Erase every answer, draft, comment and proposed prompt of `person`; how many answers those
    were.

    One transaction for each task, so that nobody waits for long; a second call does what is left.
    """
    texts = Completion.objects.filter(answer__annotator=person).exclude(text="")
    for text in texts.order_by("pk"):
        _erase_candidate(text, by=by, reason=reason)
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
    row.exchanges.all().delete()
    Gold.objects.filter(answer__assignment=row).delete()
    for model in (Flagged, Marked):
        model.objects.filter(annotation__assignment=row).delete()
    left = row.annotations.exclude(body={})
    return _empty(left)


def _erase_candidate(text: Completion, *, by: User, reason: str) -> None:
    """Erase a text that others were shown among a model's; of it nothing can be learned any more.

    What they said of it counts no more, and what they made of it by editing goes as well. A second
    call does what is left of the first.
    """
    for pk in text.tasks.order_by("pk").values_list("pk", flat=True):
        _end(pk)
    answers = Annotation.objects.filter(task__completions=text)
    for answer in answers.filter(standing__in=reviewing.EXCLUDED_FROM).order_by("pk"):
        reviewing.exclude(annotation=answer, by=by, text=reason, ask_again=False)
    with transaction.atomic():
        Gold.objects.filter(task__completions=text).delete()
        edited = [
            answer.pk
            for answer in answers.exclude(body={}).with_content()
            if (wrote := kinds()[answer.kind].wrote(answer)) and wrote.original == text.text
        ]
        _empty(Annotation.objects.filter(pk__in=edited))
        Completion.objects.filter(pk=text.pk).update(text="")


@transaction.atomic
def _end(pk: int) -> None:
    """Withdraw a task; what people have begun of it goes."""
    task = slots.lock(pk)
    slots.give_back(task, Q(), state=Assignment.State.EXPIRED)
    task.assignments.update(draft=None)
    Task.objects.filter(pk=pk, state=Task.State.OPEN).update(state=Task.State.WITHDRAWN)


def _empty(answers: AnnotationQuerySet) -> int:
    """Leave nothing of what was said in them; how many they are."""
    erased = answers.filter(standing=Standing.SUPERSEDED).update(**WORDS)
    return erased + answers.exclude(body={}).update(**WORDS, standing=Standing.ERASED)
