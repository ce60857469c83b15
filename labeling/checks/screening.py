"""The test before somebody's first task: what they answer, what came of it, what a manager decides.

As InstructGPT chose its labelers (appendix B.1): agreement with researchers' answers, against a
soft bound. Who was there before a project asked for it is not asked.
"""

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Avg, Count, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.services import audit
from labeling import slots, told
from labeling.checks import figures, newcomers
from labeling.checks.choosing import settings_of
from labeling.checks.figures import Figure
from labeling.kinds import kinds
from labeling.models import (
    CHECKS,
    Annotation,
    Assignment,
    CheckScore,
    CheckSettings,
    Gold,
    Membership,
    Project,
    Purpose,
    Screening,
)

State = Screening.State
EXEMPT = 0  # the attempt of those who were there before


@dataclass(frozen=True, kw_only=True)
class Result:
    """How far somebody is with the test, and how near they came to the right answers.

    agreement: over the kinds without texts, whose likeness says nothing of quality.
    """

    row: Screening
    answered: int
    asked: int
    agreement: Figure | None
    is_reached: bool


def tests_of(project: Project) -> "QuerySet[Gold, Gold]":
    """What the test is made of, in its order."""
    found = Gold.objects.filter(project=project, is_test=True, retired_at=None)
    return found.select_related("task__prompt", "task__preamble").order_by("pk")


def is_due(project: Project, annotator: User) -> bool:
    """Whether `annotator` has to pass the test first. No query where the project has none."""
    if settings_of(project).screening_since is None:
        return False
    return newcomers.unpassed().filter(project=project, user=annotator).exists()


def standing(project: Project, annotator: User) -> Screening:
    """Where they stand; as if they had just begun where nothing is stored."""
    found = Screening.objects.filter(project=project, annotator=annotator).first()
    return found or Screening(project=project, annotator=annotator)


def next_test(project: Project, annotator: User) -> Assignment | None:
    """The next task of the test for a person whose row is locked.

    None where a manager has to decide, or has to put tasks into the test.
    """
    row, _made = Screening.objects.get_or_create(project=project, annotator=annotator)
    golds = list(tests_of(project)) if row.state == State.TEST else []
    given = Assignment.objects.filter(annotator=annotator, purpose=Purpose.GOLD)
    had = {each.task_id: each for each in given.filter(task__in=[gold.task_id for gold in golds])}
    for gold in sorted(golds, key=lambda gold: _order(had.get(gold.task_id))):
        task = gold.task
        if annotator.pk in task.authors:
            continue
        task.project = project
        begun = had.get(task.pk)
        if begun is None:
            order = slots.order_for(task, annotator)
            return slots.assign_check(task, annotator, purpose=Purpose.GOLD, shown_order=order)
        if begun.state in Assignment.OPEN or begun.state == Assignment.State.VOID:
            begun.task = task
            return slots.resume_check(begun)
    if golds:
        Screening.objects.filter(pk=row.pk).update(state=State.WAITING)
        told.of_tested(project, annotator)
    return None


def results(project: Project) -> list[Result]:
    """Of all who were tested, those who wait for a decision first."""
    rows = Screening.objects.filter(project=project).exclude(attempt=EXEMPT)
    found = rows.select_related("annotator", "decided_by").order_by("-pk")[:200]
    tests = [gold.pk for gold in tests_of(project)]
    bound = settings_of(project).pass_percent
    judged = [kind.name for kind in kinds().values() if kind.enter_submits]
    scores = CheckScore.objects.filter(gold__in=tests, kind__in=judged).order_by()
    groups = scores.values_list("annotator").annotate(Avg("agreement"), Count("pk"))
    means = {person: (mean, n) for person, mean, n in groups}
    answers = Annotation.objects.filter(task__gold__in=tests, standing=Annotation.Standing.CHECK)
    counts = dict(answers.order_by().values_list("annotator").annotate(Count("pk")))
    made = []
    for row in found:
        mean, n = means.get(row.annotator_id, (0.0, 0))
        made.append(
            Result(
                row=row,
                answered=counts.get(row.annotator_id, 0),
                asked=len(tests),
                agreement=figures.figure(mean, n) if n else None,
                is_reached=n > 0 and 100 * mean >= bound,
            )
        )
    return sorted(made, key=lambda result: result.row.state != State.WAITING)


@transaction.atomic
def decide(*, row: Screening, by: User, state: State) -> None:
    """Let somebody work, or not; State.TEST lets them try again, and their answers are kept."""
    if state == State.TEST:
        _clear(row)
        row.attempt += 1
    row.state, row.decided_by, row.decided_at = state, by, timezone.now()
    row.save(update_fields=["state", "attempt", "decided_by", "decided_at"])
    told.of_screening(row, by=by)
    target = f"labeling.Project:{row.project_id}"
    audit(actor=by, action=f"screening.{state}", target=target, details={"user": row.annotator_id})


@transaction.atomic
def switch(*, project: Project, by: User, is_on: bool) -> None:
    """Ask new annotators for the test from now on, or nobody any more."""
    chosen, _made = CheckSettings.objects.get_or_create(project=project)
    if is_on == (chosen.screening_since is not None):
        return
    chosen.screening_since = timezone.now() if is_on else None
    chosen.save(update_fields=["screening_since"])
    if is_on:
        there = Membership.objects.filter(project=project).values_list("user", flat=True)
        Screening.objects.bulk_create(
            [
                Screening(project=project, annotator_id=user, state=State.PASSED, attempt=EXEMPT)
                for user in there
            ],
            ignore_conflicts=True,
        )
    action = "screening.on" if is_on else "screening.off"
    audit(actor=by, action=action, target=f"labeling.Project:{project.pk}")


def _clear(row: Screening) -> None:
    """Make room for another attempt: the answers so far stay, and are superseded."""
    given = Assignment.objects.filter(
        annotator=row.annotator_id, purpose__in=CHECKS, task__gold__in=tests_of(row.project)
    )
    answers = Annotation.objects.filter(assignment__in=given, standing=Annotation.Standing.CHECK)
    CheckScore.objects.filter(annotation__in=answers).delete()
    answers.update(standing=Annotation.Standing.SUPERSEDED)
    for assignment in given:
        assignment.state, assignment.draft = Assignment.State.VOID, None
        assignment.draft_version, assignment.client_key = (
            assignment.draft_version + 1,
            uuid.uuid4(),
        )
        assignment.save(update_fields=["state", "draft", "draft_version", "client_key"])


def _order(begun: Assignment | None) -> bool:
    """What was begun comes first."""
    return begun is None or begun.state not in Assignment.OPEN
