"""How reliable each annotator is: the model of competence on the answers that can be compared.

Evidence only: no label is changed, hidden or weighed by it unless a training is told to.
"""

from collections import Counter
from collections.abc import Hashable
from itertools import combinations

from django.db import transaction
from django.db.models.functions import Now

from measures.competence import Answer, competence
from quality import evidence
from quality.models import ProjectFigures, Reliability

KNOWN: dict[Hashable, float] = {evidence.DECISION: 0.99}


def compute(project_id: int) -> None:
    """Fit all annotators at once and store what came of it, where there is other evidence now."""
    figures = ProjectFigures.objects.get(pk=project_id)
    if figures.are_of("competence", evidence.keys(project_id)):
        return
    answers, gold = evidence.gathered(project_id)
    found = competence(answers, known=KNOWN, gold=gold)
    pairs = _pairs(answers)
    rows = [
        Reliability(
            project_id=project_id,
            person_id=rater,
            value=estimate.value,
            low=estimate.low,
            high=estimate.high,
            answers=estimate.n,
            gold=found.gold.get(rater, 0),
            pairs=pairs[rater],
            computed_at=Now(),
        )
        for rater, estimate in found.raters.items()
        if isinstance(rater, int) and estimate is not None
    ]
    with transaction.atomic():
        Reliability.objects.filter(project=project_id).delete()
        Reliability.objects.bulk_create(rows)
        figures.save(update_fields=["newest"])


def _pairs(answers: list[Answer]) -> Counter[object]:
    """How many pairs of texts each rater put into an order."""
    counts: Counter[object] = Counter()
    for answer in answers:
        ranks = answer.places.values()
        counts[answer.rater] += sum(one != other for one, other in combinations(ranks, 2))
    return counts
