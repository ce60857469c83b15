"""Writes: which answers are drawn for a look, what waits for reviewers, what left the queues."""

import hashlib
from collections.abc import Sequence
from typing import TypeAlias

from django.db import transaction
from django.db.models import Count
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from core.errors import BadInputError
from labeling.models import Annotation, Project, Purpose, Review, ReviewItem, ReviewSettings

Queue: TypeAlias = ReviewItem.Queue
Verb: TypeAlias = Review.Verb
BATCH = 20_000
# Answers are stored at once and become visible in another order: those before are asked again.
OVERLAP = 1000


def settings_of(project: Project) -> ReviewSettings:
    """What holds for `project`; not stored where nobody has drawn or chosen anything."""
    found = ReviewSettings.objects.filter(project=project).first()
    return found or ReviewSettings(project=project)


def is_drawn(settings: ReviewSettings, annotation_id: int) -> bool:
    """Whether an answer is among the spot checks: by its id and the project's salt alone.

    A higher rate draws all that a lower one does, and more.
    """
    digest = hashlib.sha256(f"{settings.salt}:{annotation_id}".encode()).digest()
    return int.from_bytes(digest[:4]) * 100 < settings.spot_percent * 2**32


@transaction.atomic
def draw(*, project: Project) -> int:
    """Draw spot checks from the answers that came since, and return from how many it drew."""
    ReviewSettings.objects.get_or_create(project=project)
    row = ReviewSettings.objects.select_for_update().get(project=project)
    answers = Annotation.objects.filter(project=project, pk__gt=max(row.drawn_to - OVERLAP, 0))
    found = list(answers.order_by("pk").values_list("pk", "purpose")[:BATCH])
    ReviewItem.objects.bulk_create(
        [
            ReviewItem(project=project, annotation_id=pk, queue=Queue.SPOT)
            for pk, purpose in found
            if purpose == Purpose.LABEL and is_drawn(row, pk)
        ],
        ignore_conflicts=True,
    )
    before = row.drawn_to
    row.drawn_to = max([before, *(pk for pk, _purpose in found)])
    row.save(update_fields=["drawn_to"])
    return sum(pk > before for pk, _purpose in found)


def draw_everywhere() -> None:
    """The same for all projects, a batch each."""
    for project in Project.objects.filter(is_simulated=False):
        draw(project=project)


@transaction.atomic
def set_rate(*, project: Project, by: User, percent: int) -> None:
    """Draw so many of a hundred answers; what waits is drawn again, what was checked stays."""
    row = ReviewSettings.objects.select_for_update().filter(project=project).first()
    row = row or ReviewSettings(project=project)
    if not 0 <= percent <= 100:
        message = _("Choose a number from 0 to 100.")
        raise BadInputError(message, errors={"percent": message})
    row.spot_percent, row.drawn_to = percent, 0
    row.save()
    ReviewItem.objects.filter(project=project, queue=Queue.SPOT, done_at=None).delete()
    target = f"labeling.Project:{project.pk}"
    audit(actor=by, action="review.rate", target=target, details={"percent": percent})


def note(review: Review) -> None:
    """Something was said of an answer or done about it: it enters or leaves the queues."""
    answer = review.annotation
    if review.actor_id == answer.annotator_id:
        if review.verb == Verb.COMMENTED:
            ask(answer)
        return
    waiting = ReviewItem.objects.filter(annotation=answer, done_at=None)
    if review.verb == Verb.COMMENTED:
        waiting = waiting.filter(queue=Queue.REPLIES)
    waiting.update(done_at=Now(), outcome=review.verb)


def decided(*, task_id: int, answers: Sequence[int]) -> None:
    """A reviewer was at one of these answers and decided its task instead: it waits no more."""
    waiting = ReviewItem.objects.filter(annotation__in=answers, annotation__task=task_id)
    waiting.filter(done_at=None).update(done_at=Now(), outcome=Verb.DECIDED)


def ask(answer: Annotation, *, queue: Queue = Queue.REPLIES) -> None:
    """Its annotator says something of it: a reviewer should look, once more if need be."""
    if answer.purpose != Purpose.LABEL:
        return
    ReviewItem.objects.update_or_create(
        annotation=answer,
        queue=queue,
        defaults={"project_id": answer.project_id, "done_at": None, "outcome": ""},
    )


def outcomes(project: Project) -> dict[str, int]:
    """What came of the spot checks so far: verb -> how many."""
    done = ReviewItem.objects.filter(project=project, queue=Queue.SPOT).exclude(outcome="")
    return dict(done.order_by().values_list("outcome").annotate(Count("pk")))
