"""An answer to a task of any kind, whichever kinds there are."""

import random
from typing import Any

from labeling.kinds import kinds
from labeling.kinds.simulation import Habits, Simulated
from labeling.models import Assignment
from tests.factories import make_completion
from tests.labeling.talking import talk


def longest_is_best(prompt: str, text: str, *, finished: bool) -> float:
    """A gold that puts no text below what is worth showing."""
    return 1.0 + len(text)


def body_for(found: Assignment) -> dict[str, Any]:
    """What a simulated annotator answers, each time the same."""
    task, kind = found.task, kinds()[found.task.kind]
    if kind.is_live:
        if not found.exchanges.exists():
            talk(found)
        choice = {"better": "A", "strength": 2, "both_bad": False}
        turns = found.exchanges.filter(state="answered").count()
        return kind.validate(task, kind.complete(found, {"turns": turns, "choice": choice}))
    if not task.prompt.completions.exists():
        make_completion(task.prompt, "Boil it for six minutes.")  # for those who write
    annotator = Simulated(gold=longest_is_best, habits=Habits(), rng=random.Random(0))
    body = kind.simulate(task, annotator)
    assert body is not None
    return kind.validate(task, body)
