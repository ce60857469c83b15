"""The answers that tell who is reliable: those that can be compared with others', or with gold."""

from collections import defaultdict
from collections.abc import Hashable, Iterator

from django.db.models import Exists, OuterRef, Sum

from labeling.kinds import kinds
from labeling.models import Annotation, Gold, Purpose
from labeling.queries import AnnotationQuerySet
from measures.competence import Answer
from measures.orders import Places
from quality.measuring import AT_ONCE
from quality.models import TaskAgreement
from quality.reliability import TASKS

DECISION = "decision"  # whoever took it: one rater, who is right


def gathered(project_id: int) -> tuple[list[Answer], dict[Hashable, Places]]:
    """What people ranked or compared, and the right order in each gold task.

    Of the newest tasks that several did or that are decided, and of all gold ones. What the author
    of a gold answer said of its task is no evidence: it would agree with itself.
    """
    golds = {task: (key, author) for task, key, author in _golds(project_id)}
    texts: dict[int, dict[str, int]] = defaultdict(dict)  # of each task, by number
    answers: list[Answer] = []
    right: dict[Hashable, Places] = {}
    for answer in _judged(project_id, golds):
        key, author = golds.get(answer.task_id, (None, None))
        places = _places(answer, texts[answer.task_id])
        decides = answer.purpose == Purpose.DECISION
        if answer.pk == key:
            right[answer.task_id] = places
        elif places and (decides or answer.annotator_id != author):
            rater = DECISION if decides else answer.annotator_id
            answers.append(Answer(rater=rater, prompt=answer.task_id, places=places))
    return answers, right


def keys(project_id: int) -> list[int]:
    """Those of the answers that it is made of; those of gold once more, below zero."""
    golds = {task: (key, author) for task, key, author in _golds(project_id)}
    rows = _evidence(project_id, golds).filter(task__in=_tasks(project_id, golds))
    return [*rows.order_by().values_list("pk", flat=True), *(-key for key, _ in golds.values())]


def known(project_id: int) -> int:
    """A number that is another one when other answers are gold."""
    golds = Gold.objects.filter(project=project_id, retired_at=None)
    return golds.aggregate(sum=Sum("answer"))["sum"] or 0


def _golds(project_id: int) -> Iterator[tuple[int, int, int]]:
    """Task, answer and its author, of those that are asked."""
    golds = Gold.objects.filter(project=project_id, retired_at=None, task__kind__in=_names())
    yield from golds.values_list("task", "answer", "answer__annotator")


def _judged(project_id: int, golds: dict[int, tuple[int, int]]) -> Iterator[Annotation]:
    tasks = _tasks(project_id, golds)
    for start in range(0, len(tasks), AT_ONCE):
        some = _evidence(project_id, golds).filter(task__in=tasks[start : start + AT_ONCE])
        yield from some.order_by("pk").loaded()


def _evidence(project_id: int, golds: dict[int, tuple[int, int]]) -> AnnotationQuerySet:
    """People's own judgments and the decisions that count; in gold tasks also answers to checks."""
    every = Annotation.objects.filter(project=project_id, kind__in=_names())
    checks = every.filter(purpose=Purpose.GOLD, standing=Annotation.Standing.CHECK, task__in=golds)
    right = every.filter(pk__in=[key for key, _author in golds.values()])
    return every.given() | every.decisions() | checks | right


def _tasks(project_id: int, golds: dict[int, tuple[int, int]]) -> list[int]:
    """The newest drawn ones that several people did or that are decided, and those of gold."""
    # Not counted in all answers: those with several are measured, and those decided are few.
    several = TaskAgreement.objects.filter(project=project_id, kind__in=_names())
    several = several.filter(task__is_chosen=False)
    every = Annotation.objects.filter(project=project_id, kind__in=_names())
    given = every.given().filter(task=OuterRef("task"))
    decided = every.decisions().drawn().filter(Exists(given))
    newest = {
        task
        for rows in (several, decided)
        for task in rows.order_by("-task").values_list("task", flat=True)[:TASKS]
    }
    return sorted({*sorted(newest)[-TASKS:], *golds})


def _names() -> list[str]:
    """The kinds that put texts into an order, and change none."""
    return [kind.name for kind in kinds().values() if "rankings" in kind.tables and not kind.edits]


def _places(answer: Annotation, texts: dict[str, int]) -> Places:
    """The rank of each text; empty where none is ranked. Equal texts are one."""
    kind = kinds()[answer.kind]
    # A pattern has a rank for each text that was shown.
    shown = [texts.setdefault(text, len(texts)) for _, text in kind.shown(answer)]
    return dict(zip(shown, kind.pattern(answer), strict=False))
