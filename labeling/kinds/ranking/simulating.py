"""How a simulated annotator ranks."""

from collections.abc import Sequence
from typing import Any

from labeling.kinds.simulation import Simulated
from labeling.models import Completion


def rank(completions: Sequence[Completion], annotator: Simulated) -> dict[str, Any]:
    """The body of a ranking. Equal texts get equal places.

    Gold over the temperature, plus Gumbel noise, sorted: the model of Plackett and Luce.
    Near-equals are tied, the worst are unacceptable, and now and then two neighbouring tiers change
    places as if misread.
    """
    habits, rng = annotator.habits, annotator.rng
    scores = {c.pk: annotator.score(c) for c in completions}
    noise = {c.text: annotator.noise() for c in completions}
    felt = {c.pk: scores[c.pk] / habits.temperature + noise[c.text] for c in completions}
    tiers: list[list[int]] = []
    unacceptable: list[int] = []
    for pk in sorted(felt, key=lambda pk: -felt[pk]):
        if scores[pk] < habits.unacceptable_below:
            unacceptable.append(pk)
        elif tiers and abs(scores[pk] - scores[tiers[-1][-1]]) < habits.tie_margin:
            tiers[-1].append(pk)
        else:
            tiers.append([pk])
    if len(tiers) > 1 and rng.random() < habits.flip_rate:
        upper = rng.randrange(len(tiers) - 1)
        tiers[upper], tiers[upper + 1] = tiers[upper + 1], tiers[upper]
    return {"tiers": tiers, "unacceptable": unacceptable}
