"""How a simulated annotator compares two completions."""

from collections.abc import Sequence
from typing import Any

from labeling.kinds.comparison.body import STRONGEST
from labeling.kinds.simulation import Simulated
from labeling.models import Completion

STEP = 0.5  # of gold from one strength to the next


def compare(completions: Sequence[Completion], annotator: Simulated) -> dict[str, Any]:
    """The body of a comparison.

    Near-equals are tied, two unacceptable ones are both bad; else a draw of Bradley and Terry says
    which is better, and now and then the two are mistaken for each other.
    """
    habits = annotator.habits
    one, other = completions
    scores = {completion.pk: annotator.score(completion) for completion in completions}
    if max(scores.values()) < habits.unacceptable_below:
        return {"better": None, "strength": 0, "both_bad": True}
    distance = abs(scores[one.pk] - scores[other.pk])
    if one.text == other.text or distance < habits.tie_margin:
        return {"better": None, "strength": 0, "both_bad": False}
    felt = {pk: score / habits.temperature + annotator.noise() for pk, score in scores.items()}
    worse, better = sorted(felt, key=lambda pk: felt[pk])
    if annotator.rng.random() < habits.flip_rate:
        better = worse
    strength = min(STRONGEST, 1 + int(distance / STEP))
    return {"better": better, "strength": strength, "both_bad": False}
