"""The answers that tell who is reliable: those that can be compared with others', or with gold."""

from collections import defaultdict
from collections.abc import Hashable, Iterator

from django.db.models import Count, Sum

from labeling.kinds import kinds
from labeling.models import Annotation, Gold, Purpose
from measures.competence import Answer
from measures.orders import Places
from quality.measuring import AT_ONCE
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


def known(project_id: int) -> int:
    """A number that is another one when other answers are gold."""
    golds = Gold.objects.filter(project=project_id, retired_at=None)
    return golds.aggregate(sum=Sum("answer"))["sum"] or 0


def _golds(project_id: int) -> Iterator[tuple[int, int, int]]:
    """Task, answer and its author, of those that are asked."""
    golds = Gold.objects.filter(project=project_id, retired_at=None, task__kind__in=_names())
    yield from golds.values_list("task", "answer", "answer__annotator")


def _judged(project_id: int, golds: dict[int, tuple[int, int]]) -> Iterator[Annotation]:
    """People's own judgments and the decisions that count; in gold tasks also answers to checks."""
    every = Annotation.objects.filter(project=project_id, kind__in=_names())
    judged = every.given() | every.decisions()
    several = judged.order_by().values("task").annotate(n=Count("pk")).filter(n__gt=1)
    newest = several.order_by("-task").values_list("task", flat=True)[:TASKS]
    tasks = sorted({*newest, *golds})
    checks = every.filter(purpose=Purpose.GOLD, standing=Annotation.Standing.CHECK, task__in=golds)
    right = every.filter(pk__in=[key for key, _author in golds.values()])
    for start in range(0, len(tasks), AT_ONCE):
        some = (judged | checks | right).filter(task__in=tasks[start : start + AT_ONCE])
        yield from some.with_content().order_by("pk").iterator(AT_ONCE)


def _names() -> list[str]:
    """The kinds that put texts into an order, and change none."""
    return [kind.name for kind in kinds().values() if "rankings" in kind.tables and not kind.edits]


def _places(answer: Annotation, texts: dict[str, int]) -> Places:
    """The rank of each text; empty where none is ranked. Equal texts are one."""
    kind = kinds()[answer.kind]
    # A pattern has a rank for each text that was shown.
    shown = [texts.setdefault(text, len(texts)) for _, text in kind.shown(answer)]
    return dict(zip(shown, kind.pattern(answer), strict=False))
