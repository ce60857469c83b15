"""How a simulated annotator rates."""

from collections.abc import Sequence
from typing import Any

from labeling.kinds.rating.settings import BEST, RatingSettings
from labeling.kinds.simulation import Simulated
from labeling.models import Completion

STEP = 0.5  # of gold from one number to the next
MIDDLE = 4.0  # of a scale, where gold is 0


def rate(
    completions: Sequence[Completion], annotator: Simulated, settings: RatingSettings
) -> dict[str, Any]:
    """The body of a rating. Equal texts get equal ratings.

    Each scale is the gold with a noise of its own. The first flag is set of what is unacceptable;
    each flag is now and then set or forgotten by a slip.
    """
    given: dict[str, tuple[dict[str, int], list[str]]] = {}
    ratings = []
    for completion in completions:
        if completion.text not in given:
            given[completion.text] = _of(completion, annotator, settings)
        scales, flags = given[completion.text]
        ratings.append({"completion": completion.pk, "scales": scales, "flags": flags})
    return {"ratings": ratings}


def _of(
    completion: Completion, annotator: Simulated, settings: RatingSettings
) -> tuple[dict[str, int], list[str]]:
    habits, gold = annotator.habits, annotator.score(completion)
    scales = {}
    for one in settings.scales:
        felt = gold + habits.temperature * annotator.noise()
        scales[one.name] = min(BEST, max(1, round(MIDDLE + felt / STEP)))
    flags = []
    for place, flag in enumerate(settings.flags):
        is_set = place == 0 and gold < habits.unacceptable_below
        if annotator.rng.random() < habits.flip_rate / len(settings.flags):
            is_set = not is_set
        if is_set:
            flags.append(flag.name)
    return scales, flags
