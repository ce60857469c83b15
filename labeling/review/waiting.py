"""The queues of this app: spot checks, replies, one person's answers."""

from typing import ClassVar

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from labeling.models import Annotation, Purpose, Review, ReviewItem
from labeling.queries import AnnotationQuerySet
from labeling.review import MOST, Asked, ReviewQueue, register

Standing = Annotation.Standing
LOOKED_AT = [Standing.COUNTS, Standing.OVERRULED]


class _Items(ReviewQueue):
    """Answers that were put into it, oldest first."""

    standings: ClassVar[list[Standing]]

    def _rows(self, asked: Asked) -> QuerySet[ReviewItem]:
        waiting = ReviewItem.objects.filter(project=asked.project, queue=self.name, done_at=None)
        waiting = waiting.filter(annotation__standing__in=self.standings)
        return waiting.exclude(annotation__annotator=asked.reviewer)

    def first(self, asked: Asked) -> int | None:
        rows = self._rows(asked).exclude(annotation__in=asked.later)
        return rows.order_by("pk").values_list("annotation", flat=True).first()

    def left(self, asked: Asked) -> int:
        # In the order of the index, or all answers of the project would be read.
        return self._rows(asked).order_by("pk")[:MOST].count()


class Spot(_Items):
    """A share of all answers, drawn at random."""

    name = ReviewItem.Queue.SPOT.value
    label: ClassVar[Promise] = _("Spot checks")
    help: ClassVar[Promise] = _("Answers drawn at random: the same for every reviewer.")
    standings = LOOKED_AT
    rank = 3


class Replies(_Items):
    """Answers whose annotator said something, or corrected what was sent back."""

    name = ReviewItem.Queue.REPLIES.value
    label: ClassVar[Promise] = _("Replies and corrections")
    help: ClassVar[Promise] = _("Their annotators wrote a comment, or corrected what came back.")
    standings = [*LOOKED_AT, Standing.SENT_BACK, Standing.EXCLUDED]
    rank = 4


class Expert(_Items):
    """Answers of people who say that somebody else knows more of it."""

    name = ReviewItem.Queue.EXPERT.value
    label: ClassVar[Promise] = _("For an expert")
    help: ClassVar[Promise] = _(
        "Their annotators answered, and say that it needs an expert: decide the task, or let the"
        " answer stand."
    )
    standings = LOOKED_AT
    rank = 1


class Concerns(_Items):
    """Answers that came with a concern: unsafe, personal data, the wrong language, broken."""

    name = ReviewItem.Queue.CONCERNS.value
    label: ClassVar[Promise] = _("Concerns")
    help: ClassVar[Promise] = _(
        "Their annotators answered, and found something unsafe, personal, in the wrong language or"
        " broken."
    )
    standings = LOOKED_AT
    rank = 1


class OfPerson(ReviewQueue):
    """What one person answered, newest first."""

    name = "person"
    label: ClassVar[Promise] = _("One person’s answers")
    help: ClassVar[Promise] = _("The newest first, without those that a reviewer found right.")
    rank, of_person = 5, True

    def _rows(self, asked: Asked) -> AnnotationQuerySet:
        approved = Review.objects.filter(annotation=OuterRef("pk"), verb=Review.Verb.APPROVED)
        rows = Annotation.objects.filter(
            project=asked.project,
            annotator=asked.person,
            purpose=Purpose.LABEL,
            standing__in=LOOKED_AT,
        )
        return rows.exclude(annotator=asked.reviewer).filter(~Exists(approved))

    def first(self, asked: Asked) -> int | None:
        rows = self._rows(asked).exclude(pk__in=asked.later)
        return rows.order_by("-pk").values_list("pk", flat=True).first()

    def left(self, asked: Asked) -> int:
        return self._rows(asked)[:MOST].count() if asked.person else 0


for _queue in (Expert(), Concerns(), Spot(), Replies(), OfPerson()):
    register(_queue)
