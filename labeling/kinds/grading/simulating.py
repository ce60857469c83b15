"""How a simulated annotator grades."""

from collections.abc import Sequence
from typing import Any

from labeling.kinds.grading.body import FIELD
from labeling.kinds.simulation import Simulated
from labeling.models import Completion
from labeling.rubric_form import Items

LOWEST, HIGHEST = -2.0, 2.0  # of gold: between them the items lie


def grade(completions: Sequence[Completion], annotator: Simulated, items: Items) -> dict[str, Any]:
    """The body: the better a text is by gold the more items above 0 it meets, from the first on,
    and the fewer below 0. Now and then an answer is a slip; equal texts get equal answers.
    """
    given: dict[str, list[bool]] = {}
    for completion in completions:
        if completion.text not in given:
            given[completion.text] = _of(completion, annotator, items)
    return {FIELD: [{"completion": one.pk, "met": given[one.text]} for one in completions]}


def _of(completion: Completion, annotator: Simulated, items: Items) -> list[bool]:
    habits = annotator.habits
    felt = annotator.score(completion) + habits.temperature * annotator.noise()
    met = []
    for place, item in enumerate(items, start=1):
        bound = LOWEST + (HIGHEST - LOWEST) * place / (len(items) + 1)
        is_met = felt > bound if item["points"] > 0 else felt < bound
        if annotator.rng.random() < habits.flip_rate / len(items):
            is_met = not is_met
        met.append(is_met)
    return met
