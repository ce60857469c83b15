"""Who has to pass a test before their first task, and how much of it is ahead of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from labeling.models import Assignment, Gold, Membership, Purpose, Role, Screening

UNANSWERED = *Assignment.OPEN, Assignment.State.VOID


@dataclass(frozen=True, kw_only=True)
class TestAhead:
    """What comes before somebody's work. left: of its `tasks`, those that they have yet to do."""

    state: Screening.State
    tasks: int
    left: int


def unpassed() -> "QuerySet[Membership, Membership]":
    """Annotators who have not passed the test of their project, whether it asks for one or not."""
    passed = Screening.objects.filter(
        project=OuterRef("project"), annotator=OuterRef("user"), state=Screening.State.PASSED
    )
    return Membership.objects.filter(role=Role.ANNOTATOR).exclude(Exists(passed))


def newcomers() -> "QuerySet[Membership, Membership]":
    """Those of them whose project asks for one: they are given nothing else."""
    return unpassed().filter(project__checks__screening_since__isnull=False)


def tests_ahead(user: User, projects: Iterable[int]) -> dict[int, TestAhead]:
    """Of the `projects` those where a test comes first for `user`. One query."""
    tests = Gold.objects.filter(project=OuterRef("project"), is_test=True, retired_at=None)
    answered = Assignment.objects.filter(
        annotator=user,
        purpose=Purpose.GOLD,
        task__project=OuterRef("project"),
        task__gold__is_test=True,
        task__gold__retired_at=None,
    ).exclude(state__in=UNANSWERED)
    state = Screening.objects.filter(project=OuterRef("project"), annotator=user).values("state")
    rows = newcomers().filter(user=user, project__in=projects)
    found = rows.values_list(
        "project",
        Coalesce(Subquery(state), Value(Screening.State.TEST.value)),
        _number(tests, "project"),
        _number(answered, "task__project"),
    )
    return {
        project: TestAhead(state=Screening.State(at), tasks=tasks, left=tasks - done)
        for project, at, tasks, done in found
    }


def _number(rows: "QuerySet[Any]", by: str) -> Coalesce:
    """How many there are, as part of another query."""
    counts = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counts), 0)
