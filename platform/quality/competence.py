"""How reliable each annotator is: the model of competence on the answers that overlap.

Evidence only: no label is changed, hidden or weighed by it unless a training is told to.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator
from itertools import combinations

from django.db import transaction
from django.db.models import Count
from django.db.models.functions import Now

from labeling.kinds import kinds
from labeling.models import Annotation, Purpose
from labeling.queries import AnnotationQuerySet
from measures.competence import Answer, competence
from quality.measuring import AT_ONCE
from quality.models import Reliability
from quality.reliability import TASKS

DECISION = "decision"  # whoever took it: one rater, who is right
KNOWN: dict[Hashable, float] = {DECISION: 0.99}


def compute(project_id: int) -> None:
    """Fit all annotators at once and store what came of it."""
    answers = list(answers_of(project_id))
    found = competence(answers, known=KNOWN)
    pairs = _pairs(answers)
    rows = [
        Reliability(
            project_id=project_id,
            person_id=rater,
            value=estimate.value,
            low=estimate.low,
            high=estimate.high,
            answers=estimate.n,
            pairs=pairs[rater],
            computed_at=Now(),
        )
        for rater, estimate in found.raters.items()
        if isinstance(rater, int) and estimate is not None
    ]
    with transaction.atomic():
        Reliability.objects.filter(project=project_id).delete()
        Reliability.objects.bulk_create(rows)


def answers_of(project_id: int) -> Iterator[Answer]:
    """What people ranked or compared in the newest tasks that several did, or that are decided."""
    judged = _judged(project_id)
    several = judged.order_by().values("task").annotate(n=Count("pk")).filter(n__gt=1)
    tasks = list(several.order_by("-task").values_list("task", flat=True)[:TASKS])
    texts: dict[int, dict[str, int]] = defaultdict(dict)  # of each task, by number
    for start in range(0, len(tasks), AT_ONCE):
        some = judged.filter(task__in=tasks[start : start + AT_ONCE])
        for answer in some.with_content().order_by("pk"):
            kind = kinds()[answer.kind]
            ranks, numbers = kind.pattern(answer), texts[answer.task_id]
            # Equal texts are one: a pattern has a rank for each text that was shown.
            shown = [numbers.setdefault(text, len(numbers)) for _, text in kind.shown(answer)]
            if places := dict(zip(shown, ranks, strict=False)):
                decides = answer.purpose == Purpose.DECISION
                rater = DECISION if decides else answer.annotator_id
                yield Answer(rater=rater, prompt=answer.task_id, places=places)


def _judged(project_id: int) -> AnnotationQuerySet:
    """People's own judgments, and the decisions that count."""
    names = [kind.name for kind in kinds().values() if "rankings" in kind.tables and not kind.edits]
    answers = Annotation.objects.filter(project=project_id, kind__in=names)
    return answers.given() | answers.decisions()


def _pairs(answers: list[Answer]) -> Counter[object]:
    """How many pairs of texts each rater put into an order."""
    counts: Counter[object] = Counter()
    for answer in answers:
        ranks = answer.places.values()
        counts[answer.rater] += sum(one != other for one, other in combinations(ranks, 2))
    return counts
