"""Reviewers answer for labels: they comment, send back, exclude, and let count again."""

from collections.abc import Iterable
from typing import TypeAlias

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import BadInputError, ConflictError
from core.text import clean_text
from labeling import human_texts, revising, slots, told
from labeling.models import Annotation, Assignment, Purpose, Review
from labeling.review import items

Standing: TypeAlias = Annotation.Standing
Verb: TypeAlias = Review.Verb
LONGEST_COMMENT = 4000
SENT_BACK_FROM = {Standing.COUNTS, Standing.OVERRULED}
APPROVED_FROM = {Standing.COUNTS, Standing.OVERRULED}
EXCLUDED_FROM = {Standing.COUNTS, Standing.SENT_BACK, Standing.OVERRULED, Standing.SURPLUS}


def may(annotation: Annotation) -> dict[str, bool]:
    """Which of the acts below fit an answer as it stands."""
    is_label = annotation.purpose == Purpose.LABEL  # votes on models are nobody's to steer
    return {
        "approve": is_label and annotation.standing in APPROVED_FROM,
        "send_back": is_label and annotation.standing in SENT_BACK_FROM,
        "exclude": annotation.standing in EXCLUDED_FROM,
        "include": annotation.standing == Standing.EXCLUDED,
        "decide": annotation.purpose not in {Purpose.VERDICT, Purpose.IMPORTED},
    }


@transaction.atomic
def comment(*, annotation: Annotation, by: User, text: str) -> Review:
    """Add to the thread of an answer."""
    return _say(annotation, by, Verb.COMMENTED, _required(text, _("Write a comment.")))


@transaction.atomic
def approve(*, annotation: Annotation, by: User) -> None:
    """Note that a reviewer looked at an answer and found it right; once is enough."""
    _row, found = _hold(annotation, APPROVED_FROM)
    if found.annotator_id == by.pk or found.purpose != Purpose.LABEL:
        raise ConflictError(_("Somebody else has to look at this answer."))
    if not found.reviews.filter(verb=Verb.APPROVED).exists():
        _say(found, by, Verb.APPROVED, "")


@transaction.atomic
def send_back(*, annotation: Annotation, by: User, text: str) -> None:
    """Give an answer back to its annotator; it does not count until they submit it again."""
    text = _required(text, _("Say what is to be corrected."))
    row, found = _hold(annotation, SENT_BACK_FROM)
    if found.purpose == Purpose.DECISION:
        raise ConflictError(_("A decision is not sent back: exclude it, or decide anew."))
    if found.purpose == Purpose.VERDICT:
        raise ConflictError(_("A vote on models is not sent back: it would not be blind."))
    _become(found, Standing.SENT_BACK)
    human_texts.retract(found)
    revising.reopen(row, found)
    _say(found, by, Verb.SENT_BACK, text)


def send_back_all(*, annotations: Iterable[Annotation], by: User, text: str) -> int:
    """Send these back with one comment, each by itself; how many it fits no more and stay."""
    text = _required(text, _("Say what is to be corrected."))
    refused = 0
    for annotation in annotations:
        try:
            send_back(annotation=annotation, by=by, text=text)
        except ConflictError:
            refused += 1
    return refused


@transaction.atomic
def exclude(*, annotation: Annotation, by: User, text: str, ask_again: bool) -> None:
    """Let an answer count no more: it leaves later snapshots and exports, not the record.

    ask_again: whether someone else answers the task instead.
    """
    text = _required(text, _("Say why it is excluded."))
    row, found = _hold(annotation, EXCLUDED_FROM)
    _become(found, Standing.EXCLUDED)
    human_texts.retract(found)
    if found.purpose == Purpose.DECISION:
        overruled = found.task.annotations.filter(standing=Standing.OVERRULED)
        overruled.update(standing=Standing.COUNTS)
        (slots.open_another if ask_again else slots.settle)(row.task)
    else:
        slots.vacate(row.task, row, ask_again=ask_again)
    _say(found, by, Verb.EXCLUDED, text)


@transaction.atomic
def include(*, annotation: Annotation, by: User, text: str = "") -> None:
    """Let an excluded answer count again."""
    row, found = _hold(annotation, {Standing.EXCLUDED})
    decided = row.task.annotations.decisions().exists()
    if found.purpose == Purpose.DECISION:
        if decided:
            raise ConflictError(_("The task has another decision. Exclude that one first."))
        row.task.annotations.counted().update(standing=Standing.OVERRULED)
    is_surplus = row.state == Assignment.State.SURPLUS
    standing = Standing.OVERRULED if decided else Standing.COUNTS
    _become(found, Standing.SURPLUS if is_surplus else standing)
    if found.purpose == Purpose.DECISION:
        slots.settle(row.task)
    else:
        slots.reoccupy(row.task, row)
    _say(found, by, Verb.INCLUDED, clean_text(text.strip(), field="text"))


@transaction.atomic
def see(*, annotation: Annotation, by: User) -> None:
    """Note that the annotator has seen what was said of their answer."""
    thread = Review.objects.unseen_by(by).filter(annotation__assignment=annotation.assignment_id)
    thread.update(seen_at=Now())


def _hold(annotation: Annotation, wanted: set[Standing]) -> tuple[Assignment, Annotation]:
    """The locked assignment and the answer as it is now; ConflictError for another standing."""
    row = slots.hold(annotation.assignment_id)
    assert row is not None
    found = row.annotations.get(pk=annotation.pk)
    found.task = row.task
    if found.standing not in wanted:
        now = {"standing": found.get_standing_display()}
        raise ConflictError(
            _("That cannot be done now: “%(standing)s”. Load the answer again.") % now
        )
    return row, found


def _become(annotation: Annotation, standing: Standing) -> None:
    Annotation.objects.filter(pk=annotation.pk).update(standing=standing)
    annotation.standing = standing


def _say(annotation: Annotation, by: User, verb: Verb, text: str) -> Review:
    review = Review.objects.create(annotation=annotation, actor=by, verb=verb, text=text)
    told.of_review(review)
    items.note(review)
    return review


def _required(text: str, message: str) -> str:
    """The text without outer blanks; BadInputError for none, or for too much."""
    text = clean_text(text.strip(), field="text")
    if not text:
        raise BadInputError(message, errors={"text": message})
    if len(text) > LONGEST_COMMENT:
        message = _("Write at most %(limit)s characters.") % {"limit": LONGEST_COMMENT}
        raise BadInputError(message, errors={"text": message})
    return text
