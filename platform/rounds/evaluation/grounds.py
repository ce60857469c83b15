"""What speaks for a version and against it: judges side by side, never pooled."""

from dataclasses import dataclass
from typing import Any

from labeling.models import Project
from measures.intervals import Estimate
from registry.models import ModelVersion
from rounds.evaluation.promoting import current, rival, said
from rounds.models import Evaluation, Said
from rounds.verdict.reading import verdict_of


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """Of one version against `rival`. evaluation: the newest of the two, which has the numbers."""

    serves: bool
    rival: ModelVersion | None
    said: Said
    pair: dict[str, Any] | None  # what votes say of the two
    effect: float
    rankings: dict[str, Any] | None  # what rankings that mixed them say
    judged: dict[str, Any] | None  # what a language model says of the two
    evaluation: Evaluation | None
    wins: Estimate | None  # by the reward model
    before: dict[str, Any]
    after: dict[str, Any]

    @property
    def needs_reason(self) -> bool:
        """Whether promoting it asks for one."""
        return self.said != Said.BETTER

    @property
    def kl(self) -> float | None:
        """From the SFT model that its line of training began with; None where nobody measured."""
        return self.after.get("kl_sft", self.after.get("kl"))


def grounds_of(project: Project, version: ModelVersion) -> Grounds:
    """Everything that the promotion and the model's page show. A constant number of queries."""
    now, against = current(project), rival(project, version)
    shown = verdict_of(project, about=version)
    found = Evaluation.objects.filter(after=version, run__round__project=project)
    if against is not None:
        found = found.filter(before=against)
    evaluation = found.select_related("before", "reward_model", "run").order_by("-pk").first()
    metrics = evaluation.metrics if evaluation else {}
    models = metrics.get("models", {})
    wins = metrics.get("wins")
    return Grounds(
        serves=now is not None and now.pk == version.pk,
        rival=against,
        said=said(project, version),
        pair=_of_both(shown.pairs, against),
        effect=shown.effect,
        rankings=_of_both(shown.rankings, against),
        judged=_of_both(shown.judged.get("pairs", []), against),
        evaluation=evaluation,
        wins=Estimate(**wins) if wins else None,
        before=models.get(str(evaluation.before_id), {}) if evaluation else {},
        after=models.get(str(version.pk), {}),
    )


def _of_both(pairs: list[dict[str, Any]], rival: ModelVersion | None) -> dict[str, Any] | None:
    return next((p for p in pairs if rival and rival.pk in {p["older"].pk, p["newer"].pk}), None)
