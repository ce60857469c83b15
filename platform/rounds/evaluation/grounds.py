"""What speaks for a version and against it: judges side by side, never pooled."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from labeling.models import Project
from measures.intervals import Estimate
from registry.models import ModelVersion
from rounds.evaluation.drift import Step, drift, estimate, kl_from_sft
from rounds.evaluation.promoting import current, rival, said
from rounds.lineage import ancestors
from rounds.models import Evaluation, Half, Run, Said
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
    prompts: int  # of the evaluation
    wins: Estimate | None  # by the reward model
    second_wins: Estimate | None  # by the second reward model
    pleased: list[str]  # reward models of its line that saw labels of the second one's prompts
    before: dict[str, Any]
    after: dict[str, Any]
    kl: float | None  # from the SFT model of its line
    sft: ModelVersion | None
    steps: list[Step]  # of its line, round by round

    @property
    def needs_reason(self) -> bool:
        """Whether promoting it asks for one."""
        return self.said != Said.BETTER

    @property
    def is_doubtful(self) -> bool:
        """Whether only the reward model that PPO was trained on clearly prefers it."""
        both = self.wins and self.second_wins
        return bool(both and self.wins.low > 0.5 >= self.second_wins.low)  # type: ignore[union-attr]


def grounds_of(project: Project, version: ModelVersion) -> Grounds:
    """Everything that the promotion and the model's page show.

    A constant number of queries, but for one for each model that it descends from.
    """
    now, against = current(project), rival(project, version)
    line = [version, *ancestors(version)]
    shown = verdict_of(project, about=version)
    found = Evaluation.objects.filter(after=version, run__round__project=project)
    if against is not None:
        found = found.filter(before=against)
    related = found.select_related("before", "reference", "reward_model", "second_reward_model")
    evaluation = related.select_related("run").order_by("-pk").first()
    metrics = evaluation.metrics if evaluation else {}
    models = metrics.get("models", {})
    after = models.get(str(version.pk), {})
    return Grounds(
        serves=now is not None and now.pk == version.pk,
        rival=against,
        said=said(project, version),
        pair=_of_both(shown.pairs, against),
        effect=shown.effect,
        rankings=_of_both(shown.rankings, against),
        judged=_of_both(shown.judged.get("pairs", []), against),
        evaluation=evaluation,
        prompts=evaluation.samples.values("prompt").distinct().count() if evaluation else 0,
        wins=estimate(metrics, "wins"),
        second_wins=estimate(metrics, "second_wins"),
        pleased=_pleased(line) if metrics.get("second_wins") else [],
        before=models.get(str(evaluation.before_id), {}) if evaluation else {},
        after=after,
        kl=kl_from_sft(after, evaluation.reference.kind) if evaluation else None,
        sft=next((one for one in line if one.kind == ModelVersion.Kind.SFT), None),
        steps=drift(line),
    )


def _pleased(line: Sequence[ModelVersion]) -> list[str]:
    """The reward models that `line` was trained on and that learned from more than one half."""
    trained = Run.objects.filter(job__in=[one.job_id for one in line if one.job_id])
    scored = trained.filter(reward_model__isnull=False)
    rows = scored.exclude(reward_model__job__run__half=Half.FIRST).order_by("reward_model")
    return list(dict.fromkeys(rows.values_list("reward_model__name", flat=True)))


def _of_both(pairs: list[dict[str, Any]], rival: ModelVersion | None) -> dict[str, Any] | None:
    return next((p for p in pairs if rival and rival.pk in {p["older"].pk, p["newer"].pk}), None)
