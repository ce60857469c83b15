"""What several answers to one task have in common: measured once, again where they changed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import combinations
from math import fsum
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from labeling.kinds import kinds
from labeling.models import Annotation, Purpose, Review
from quality import flags
from quality.models import PersonFigures, ProjectFigures, TaskAgreement
from quality.tables import Pair, form, pack

GIVEN = Annotation.Standing.COUNTS, Annotation.Standing.OVERRULED  # as AnnotationQuerySet.given
AT_ONCE = 1000  # answers, in one transaction
# A row may be committed after one with a higher key. All are within so long, so what is younger is
# looked at once more the next time.
SETTLES = timedelta(minutes=1)


def catch_up(figures: ProjectFigures) -> None:
    """Measure each task whose answers have changed since it was measured."""
    if figures.form != form():  # all are, once more
        figures.form, figures.newest = form(), {}
        figures.last_annotation = figures.last_review = 0
        figures.save(update_fields=["form", "newest", "last_annotation", "last_review"])
        PersonFigures.objects.filter(project=figures.project_id).update(latest="")
    answers = Annotation.objects.filter(project=figures.project_id)
    for last, tasks in steps(answers, figures.last_annotation, "task"):
        _note(figures, tasks, last_annotation=last)
    reviews = Review.objects.filter(annotation__project=figures.project_id)
    for last, tasks in steps(reviews, figures.last_review, "annotation__task"):
        _note(figures, tasks, last_review=last)


def steps(rows: QuerySet[Any], beyond: int, task: str) -> Iterator[tuple[int, set[int]]]:
    """The tasks of the rows above `beyond`, some at a time, and up to which row all is settled."""
    settled = _now() - SETTLES
    last, is_settled = beyond, True
    while found := list(
        rows.filter(pk__gt=beyond).order_by("pk").values_list("pk", task, "created_at")[:AT_ONCE]
    ):
        for pk, _task, created_at in found:
            is_settled = is_settled and created_at < settled
            last = pk if is_settled else last
        yield last, {task for _pk, task, _created_at in found}
        beyond = found[-1][0]


def _now() -> datetime:
    """The database's clock, which stamps the rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    assert isinstance(now, datetime)
    return now


@transaction.atomic
def _note(figures: ProjectFigures, tasks: set[int], **last: int) -> None:
    measure(tasks)
    people = Annotation.objects.filter(task__in=tasks).values_list("annotator", flat=True)
    PersonFigures.objects.bulk_create(
        [
            PersonFigures(project_id=figures.project_id, person_id=person, is_stale=True)
            for person in people.order_by().distinct()
        ],
        update_conflicts=True,
        unique_fields=["project", "person"],
        update_fields=["is_stale"],
    )
    ProjectFigures.objects.filter(pk=figures.pk).update(is_stale=True, **last)
    figures.is_stale = True


def measure(tasks: Iterable[int]) -> None:
    """Replace what is known of `tasks` by what their answers say now."""
    every: dict[int, list[Annotation]] = defaultdict(list)
    labels = Annotation.objects.filter(task__in=tasks, purpose=Purpose.LABEL).newest()
    labels = labels.exclude(standing=Annotation.Standing.ERASED)
    for answer in labels.order_by("annotator", "pk").loaded():
        every[answer.task_id].append(answer)
    given = {task: [a for a in answers if a.standing in GIVEN] for task, answers in every.items()}
    found = {task: answers for task, answers in given.items() if len(answers) > 1}
    pairs = {task: _pairs(answers) for task, answers in found.items()}
    rows = [_row(answers, pairs[task]) for task, answers in found.items()]
    flags.note(tasks, every, pairs=pairs)
    TaskAgreement.objects.filter(task__in=tasks).exclude(task__in=found).delete()
    TaskAgreement.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["task"],
        update_fields=["language", "split", "answers", "agreement", "packed"],
    )


def _pairs(answers: list[Annotation]) -> list[Pair]:
    """Of each two answers to a task, the lower person's first."""
    kind = kinds()[answers[0].kind]
    return [
        (one.annotator_id, other.annotator_id, one.pk, other.pk, kind.compare(one, other))
        for one, other in combinations(answers, 2)
    ]


def _row(answers: list[Annotation], pairs: list[Pair]) -> TaskAgreement:
    task = answers[0].task
    agreement = None
    if figures := kinds()[task.kind].agreement:
        first = figures[0].name
        sums = [pair[-1][first] for pair in pairs if first in pair[-1]]
        whole = fsum(total for _part, total in sums)
        agreement = fsum(part for part, _total in sums) / whole if whole else None
    return TaskAgreement(
        task=task,
        project_id=task.project_id,
        kind=task.kind,
        language=task.prompt.language,
        split=task.prompt.split,
        answers=len(answers),
        agreement=agreement,
        # Figures are of what was drawn: people agree less where reward models differ.
        packed=b"" if task.is_chosen else pack(answers, pairs),
    )
