"""How far training has moved a policy from the SFT model of its line, round after round."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from measures.intervals import Estimate
from registry.models import ModelVersion
from rounds.models import Evaluation


@dataclass(frozen=True, kw_only=True)
class Step:
    """What one round made of a policy. kl: from the SFT model, kl_of_round: from its reference.

    wins, second_wins: against what the round began with, by either reward model.
    """

    evaluation: Evaluation
    prompts: int
    kl: float | None
    kl_of_round: float | None
    wins: Estimate | None
    second_wins: Estimate | None


def drift(line: Sequence[ModelVersion]) -> list[Step]:
    """Each policy of `line` by its newest evaluation, the oldest first. One query."""
    found = Evaluation.objects.filter(after__in=line, after__kind=ModelVersion.Kind.POLICY)
    found = found.select_related("after", "reference", "run__round")
    newest = {
        evaluation.after_id: evaluation
        for evaluation in found.annotate(prompts=Count("samples__prompt", distinct=True)).order_by(
            "pk"
        )
    }
    return [_step(newest[pk]) for pk in sorted(newest)]


def _step(evaluation: Evaluation) -> Step:
    metrics = evaluation.metrics
    numbers = metrics.get("models", {}).get(str(evaluation.after_id), {})
    return Step(
        evaluation=evaluation,
        prompts=evaluation.prompts,  # type: ignore[attr-defined]
        kl=kl_from_sft(numbers, evaluation.reference.kind),
        kl_of_round=numbers.get("kl"),
        wins=estimate(metrics, "wins"),
        second_wins=estimate(metrics, "second_wins"),
    )


def kl_from_sft(numbers: Mapping[str, Any], reference: str) -> float | None:
    """From the SFT model of its line; None where only that from another reference was measured."""
    kl: float | None = numbers.get("kl_sft")
    if kl is None and reference == ModelVersion.Kind.SFT:
        kl = numbers.get("kl")
    return kl


def estimate(metrics: Mapping[str, Any], name: str) -> Estimate | None:
    """A share with its interval; None where it was not measured."""
    return Estimate(**metrics[name]) if metrics.get(name) else None
