"""The queue of answers that stand out."""

from typing import ClassVar

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from labeling.models import Annotation, Flagged, Review
from labeling.review import MOST, Asked, ReviewQueue, register

Verb = Review.Verb
COUNTS = Annotation.Standing.COUNTS  # a decision overrules the others: somebody has acted
DONE = [Verb.APPROVED, Verb.SENT_BACK, Verb.EXCLUDED]


class FlaggedAnswers(ReviewQueue):
    """Newest first, until a reviewer has acted on them."""

    name = "flagged"
    label: ClassVar[Promise] = _("Flagged")
    help: ClassVar[Promise] = _(
        "Given faster than one can read, always at the same place, or far from the others; the page"
        " says why. Newest first."
    )
    rank = 2

    def _rows(self, asked: Asked) -> QuerySet[Flagged]:
        done = Review.objects.filter(annotation=OuterRef("pk"), verb__in=DONE)
        rows = Flagged.objects.filter(project=asked.project, annotation__standing=COUNTS).filter(
            ~Exists(done)
        )
        return rows.exclude(annotation__annotator=asked.reviewer)

    def first(self, asked: Asked) -> int | None:
        rows = self._rows(asked).exclude(pk__in=asked.later)
        return rows.order_by("-pk").values_list("pk", flat=True).first()

    def left(self, asked: Asked) -> int:
        return self._rows(asked)[:MOST].count()


register(FlaggedAnswers())
