"""The review queue of the tasks with the least agreement."""

from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from labeling.kinds import kinds
from labeling.models import Annotation, Purpose, Review
from labeling.review import MOST, Asked, ReviewQueue
from quality.models import TaskAgreement

Verb = Review.Verb
DONE = [Verb.APPROVED, Verb.SENT_BACK, Verb.EXCLUDED]


class LeastAgreement(ReviewQueue):
    """An answer of each task whose answers differ, the most different task first."""

    name = "agreement"
    rank = 1
    label: ClassVar[Promise] = _("Least agreement")
    help: ClassVar[Promise] = _(
        "Tasks whose answers differ most, which no reviewer has acted on yet. One of the answers is"
        " opened, with the others beside it."
    )

    def _tasks(self, asked: Asked, kind: str) -> QuerySet[TaskAgreement]:
        done = Review.objects.filter(annotation__task=OuterRef("task"), verb__in=DONE)
        answers = Annotation.objects.filter(task=OuterRef("task"))
        counting = answers.filter(purpose=Purpose.LABEL, standing=Annotation.Standing.COUNTS)
        differing = TaskAgreement.objects.filter(
            project=asked.project, kind=kind, agreement__lt=1
        ).filter(
            ~Exists(done),
            ~Exists(answers.decisions()),
            Exists(counting.exclude(annotator=asked.reviewer)),
        )
        later = Annotation.objects.filter(pk__in=asked.later)
        return differing.exclude(task__in=later.values("task")) if asked.later else differing

    def _each(self, asked: Asked, *, most: int) -> QuerySet[TaskAgreement, tuple[Any, int]]:
        """(agreement, task) of the first `most` of each kind, read by the index kind for kind.

        In one statement: else the index is not read, and all tasks of the project would be.
        """
        one, *others = (
            self._tasks(asked, kind.name)
            .order_by("agreement", "task")
            .values_list("agreement", "task")[:most]
            for kind in kinds().values()
            if kind.agreement
        )
        return one.union(*others, all=True)

    def first(self, asked: Asked) -> int | None:
        """The answer with the lowest figure of all."""
        least = min(self._each(asked, most=1), default=None)
        if least is None:
            return None
        answers = Annotation.objects.filter(task=least[1], purpose=Purpose.LABEL).counted()
        others = answers.exclude(annotator=asked.reviewer).order_by("pk")
        return others.values_list("pk", flat=True).first()

    def left(self, asked: Asked) -> int:
        """Over all kinds."""
        return min(self._each(asked, most=MOST).count(), MOST)
