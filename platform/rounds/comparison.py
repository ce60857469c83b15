"""An evaluation as its page shows it: numbers side by side, and the texts that changed most."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from registry.models import ModelVersion
from rounds.intervals import Share, wilson
from rounds.models import Evaluation, EvaluationSample

SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class Column:
    """One model's numbers. role: what it is in this comparison."""

    version: ModelVersion
    role: str
    numbers: dict[str, float | None]


@dataclass(frozen=True, kw_only=True)
class Pair:
    """What both models wrote for one prompt; change: by how much the reward rose."""

    before: EvaluationSample
    after: EvaluationSample

    @property
    def change(self) -> float | None:
        """The reward after less the reward before."""
        if self.before.reward is None or self.after.reward is None:
            return None
        return self.after.reward - self.before.reward


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Everything that the page needs."""

    evaluation: Evaluation
    columns: list[Column]
    pairs: list[Pair]
    prompts: int
    wins: Share | None
    reward_model: dict[str, Any]

    @property
    def verdict(self) -> str:
        """yes or no where the interval leaves out a half, else unclear."""
        if self.wins is None or self.wins.low <= 0.5 <= self.wins.high:
            return "unclear"
        return "yes" if self.wins.low > 0.5 else "no"


def compare(evaluation: Evaluation) -> Comparison:
    """Read an evaluation in two queries."""
    by_model: dict[int, dict[int, EvaluationSample]] = {}
    for sample in evaluation.samples.select_related("prompt").order_by("pk"):
        by_model.setdefault(sample.model_version_id, {}).setdefault(sample.prompt_id, sample)
    before = by_model.get(evaluation.before_id, {})
    after = by_model.get(evaluation.after_id, {})
    pairs = [Pair(before=before[pk], after=after[pk]) for pk in after if pk in before]
    return Comparison(
        evaluation=evaluation,
        columns=_columns(evaluation),
        pairs=most_changed(pairs),
        prompts=len(pairs),
        wins=win_share(pairs),
        reward_model=evaluation.metrics.get("reward_model") or {},
    )


def _columns(evaluation: Evaluation) -> list[Column]:
    numbers: dict[str, Any] = evaluation.metrics.get("models", {})
    found = ModelVersion.objects.in_bulk([int(pk) for pk in numbers if pk.isdecimal()])
    roles = {
        evaluation.reference_id: _("KL is measured from here"),
        evaluation.before_id: _("before"),
        evaluation.after_id: _("after"),
    }
    columns = [
        Column(version=found[pk], role=roles.get(pk, ""), numbers=numbers[str(pk)]) for pk in found
    ]
    place = {evaluation.after_id: 2, evaluation.before_id: 0}
    return sorted(columns, key=lambda c: (place.get(c.version.pk, 1), c.version.pk))


def most_changed(pairs: list[Pair]) -> list[Pair]:
    """The pairs whose reward changed most, the worst change first."""
    largest = sorted(pairs, key=lambda pair: -abs(pair.change or 0))[:SHOWN]
    return sorted(largest, key=lambda pair: pair.change or 0)


def win_share(pairs: list[Pair]) -> Share | None:
    """On how many prompts the reward rose; ties count half. None without rewards."""
    changes = [pair.change for pair in pairs if pair.change is not None]
    if not changes:
        return None
    wins = sum(1.0 if change > 0 else 0.5 if change == 0 else 0.0 for change in changes)
    return wilson(wins / len(changes), len(changes))
