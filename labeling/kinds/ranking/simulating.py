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
    ids: dict[str, list[int]] = {}
    for completion in completions:
        ids.setdefault(completion.text, []).append(completion.pk)
    scores = {c.text: annotator.score(c) for c in completions}
    felt = {text: scores[text] / habits.temperature + annotator.noise() for text in scores}
    tiers: list[list[str]] = []
    unacceptable: list[str] = []
    for text in sorted(felt, key=lambda text: -felt[text]):
        if scores[text] < habits.unacceptable_below:
            unacceptable.append(text)
        elif tiers and abs(scores[text] - scores[tiers[-1][-1]]) < habits.tie_margin:
            tiers[-1].append(text)
        else:
            tiers.append([text])
    if len(tiers) > 1 and rng.random() < habits.flip_rate:
        upper = rng.randrange(len(tiers) - 1)
        tiers[upper], tiers[upper + 1] = tiers[upper + 1], tiers[upper]

    def completions_of(texts: list[str]) -> list[int]:
        return [pk for text in texts for pk in ids[text]]

    return {
        "tiers": [completions_of(tier) for tier in tiers],
        "unacceptable": completions_of(unacceptable),
    }
