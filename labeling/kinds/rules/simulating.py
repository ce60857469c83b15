"""How a simulated annotator answers rules."""

from collections.abc import Sequence
from typing import Any

from labeling.kinds.rules.body import BROKEN, FIELD, FOLLOWED, UNSURE
from labeling.kinds.rules.settings import RulesSettings
from labeling.kinds.simulation import Simulated
from labeling.models import Completion

STEP = 1.0  # of gold below 0, for each rule that a text breaks


def judge(
    completions: Sequence[Completion], annotator: Simulated, settings: RulesSettings
) -> dict[str, Any]:
    """The body: the worse a text is by gold the more rules it breaks, from the first on.

    Whoever is not sure of the next one says so; now and then an answer is a slip. Equal texts get
    equal answers.
    """
    given: dict[str, dict[str, str]] = {}
    for completion in completions:
        if completion.text not in given:
            given[completion.text] = _of(completion, annotator, settings)
    rows = [{"completion": one.pk, "answers": given[one.text]} for one in completions]
    return {FIELD: rows}


def _of(completion: Completion, annotator: Simulated, settings: RulesSettings) -> dict[str, str]:
    habits = annotator.habits
    felt = -(annotator.score(completion) + habits.temperature * annotator.noise()) / STEP
    answers = {}
    for place, rule in enumerate(settings.rules, start=1):
        answer = BROKEN if felt > place else FOLLOWED
        if abs(felt - place) <= habits.tie_margin:
            answer = UNSURE
        if annotator.rng.random() < habits.flip_rate / len(settings.rules):
            answer = FOLLOWED if answer == BROKEN else BROKEN
        answers[rule.name] = answer
    return answers
