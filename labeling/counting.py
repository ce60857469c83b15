"""Counting as far as anybody cares: a list of people must not read a million answers."""

from typing import Any

from django.db.models import IntegerField, OuterRef, QuerySet, Subquery

from labeling.models import Annotation

MANY = 1000


class CountOf(Subquery):
    """How many rows a subquery has, which may have a limit."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def answers_of_members() -> CountOf:
    """The answers of a membership's person in its project, MANY + 1 at the most.

    A corrected one is counted once, as in their history.
    """
    answers: QuerySet[Annotation, Any] = Annotation.objects.newest().filter(
        annotator=OuterRef("user"), project=OuterRef("project")
    )
    return CountOf(answers.order_by().values("pk")[: MANY + 1])
