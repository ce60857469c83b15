"""What the gold says of an evaluation: training never sees these numbers, only the report does."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean, pstdev
from typing import Any

from labeling.models import Completion
from measures.intervals import Estimate, wilson_of
from registry.models import ModelVersion
from rehearsal.gold import gold
from rounds.evaluation.outcome import by_prompt
from rounds.models import Evaluation, EvaluationSample


@dataclass(frozen=True, kw_only=True)
class Scored:
    """A held-out text with its gold and the reward model's score of it."""

    prompt_id: int
    prompt: str
    text: str
    finished: bool
    gold: float
    reward: float | None


def scored_samples(evaluation: Evaluation, version: ModelVersion) -> list[Scored]:
    """What `version` wrote in `evaluation`, in the order of the prompts."""
    found = EvaluationSample.objects.filter(evaluation=evaluation, model_version=version)
    return [
        Scored(
            prompt_id=sample.prompt_id,
            prompt=sample.prompt.last_text,
            text=sample.text,
            finished=(finished := sample.finish_reason == Completion.FinishReason.STOP),
            gold=gold(sample.prompt.last_text, sample.text, finished=finished),
            reward=sample.reward,
        )
        for sample in found.select_related("prompt").order_by("prompt_id", "pk")
    ]


def model_row(
    *,
    name: str,
    number: int,
    samples: Sequence[Scored],
    base: Sequence[Scored],
    metrics: Mapping[str, Any],
) -> dict[str, Any]:
    """A row of the report's `models`. metrics: the evaluation's own of that model."""
    golds = [sample.gold for sample in samples]
    rate = win_rate(samples, base)
    return {
        "name": name,
        "round": number,
        "gold_score": rounded(fmean(golds)),
        "gold_sd": rounded(pstdev(golds)),
        "win_rate": {
            "value": rounded(rate.value),
            "low": rounded(rate.low),
            "high": rounded(rate.high),
            "n": rate.n,
        },
        **{key: rounded(metrics.get(key)) for key in MEASURED},
    }


MEASURED = ("kl", "length", "eos_rate", "distinct_1", "distinct_2", "reward")


def win_rate(samples: Sequence[Scored], base: Sequence[Scored]) -> Estimate:
    """How often the gold prefers a text of `samples` to the base model's for the same prompt.

    A tie counts half. One comparison a prompt where each model wrote one text; where they wrote
    more, a prompt's comparisons are averaged first, so `n` counts prompts.
    """
    theirs = by_prompt(base)
    shares = [
        fmean(outcome(own.gold, other.gold) for own in texts for other in theirs[prompt])
        for prompt, texts in by_prompt(samples).items()
    ]
    return wilson_of(shares, each=max(map(len, by_prompt(samples).values())))


def outcome(own: float, other: float) -> float:
    """1 for a win, 0.5 for a tie, 0 for a loss."""
    return 0.5 if math.isclose(own, other, abs_tol=1e-9) else float(own > other)


def gold_accuracy(groups: Iterable[Sequence[Scored]], *, margin: float) -> tuple[float | None, int]:
    """How often the reward model orders two texts of a prompt as the gold does, and of how many.

    Pairs that are nearer than `margin` in gold have no order, as for the annotators.
    """
    right: list[float] = []
    for group in groups:
        for one, other in combinations([s for s in group if s.reward is not None], 2):
            if abs(one.gold - other.gold) >= margin:
                better, worse = (one, other) if one.gold > other.gold else (other, one)
                right.append(outcome(better.reward or 0.0, worse.reward or 0.0))
    return (fmean(right) if right else None), len(right)


def rounded(value: float | None) -> float | None:
    """Four decimals, which repeat on a machine; None stays None."""
    return None if value is None else round(float(value), 4)
