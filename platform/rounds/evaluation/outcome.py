"""An evaluation as its page shows it: numbers side by side, and the texts that changed most."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any, Protocol, TypeVar

from django.utils.translation import gettext as _

from measures.intervals import Estimate, mean, wilson_of
from registry.models import ModelVersion
from rounds.lineage import sft_of
from rounds.models import Evaluation, EvaluationSample, Run

SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class Column:
    """One model's numbers. role: what it is in this evaluation. reward: with its interval."""

    version: ModelVersion
    role: str
    numbers: dict[str, float | None]
    reward: Estimate | None


@dataclass(frozen=True, kw_only=True)
class Pair:
    """What both models wrote for one prompt with the same random numbers."""

    before: EvaluationSample
    after: EvaluationSample

    @property
    def change(self) -> float | None:
        """By how much the reward rose; None without rewards."""
        return _rise(self.before.reward, self.after.reward)

    @property
    def second_change(self) -> float | None:
        """The same by the second reward model."""
        return _rise(self.before.second_reward, self.after.second_reward)


@dataclass(frozen=True, kw_only=True)
class Rival:
    """How often the reward model prefers the new model's text to the best of `texts` of `sft`."""

    sft: str
    texts: int
    wins: Estimate


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Everything that the page needs."""

    evaluation: Evaluation
    columns: list[Column]
    pairs: list[Pair]
    pair_count: int
    prompts: int
    wins: Estimate | None
    change: Estimate | None  # of the reward, from the model before to the one after
    sft: ModelVersion | None  # what the new one's line of training began with
    is_own_judge: bool  # the new one was trained on the reward model that judges it
    reward_model: dict[str, Any]
    second_wins: Estimate | None = None  # by the second reward model
    rivals: list["Rival"] = field(default_factory=list)  # what can be had without PPO

    @property
    def verdict(self) -> str:
        """yes or no where the interval leaves out a half, else unclear."""
        if self.wins is None or self.wins.low <= 0.5 <= self.wins.high:
            return "unclear"
        return "yes" if self.wins.low > 0.5 else "no"


def compare(evaluation: Evaluation) -> Outcome:
    """Read an evaluation, its samples in one query."""
    samples = list(evaluation.samples.select_related("prompt").order_by("pk"))
    pairs = paired(samples, evaluation)
    judge, made_by = evaluation.reward_model_id, evaluation.after.job_id
    trained_on = Run.objects.filter(job=made_by, reward_model=judge)
    return Outcome(
        evaluation=evaluation,
        columns=_columns(evaluation, samples),
        pairs=most_changed(pairs),
        pair_count=len(pairs),
        prompts=len({pair.after.prompt_id for pair in pairs}),
        wins=win_share(pairs),
        second_wins=win_share(pairs, second=True),
        change=mean_over_prompts((pair.after.prompt_id, pair.change) for pair in pairs),
        sft=sft_of(evaluation.after),
        is_own_judge=bool(judge and made_by) and trained_on.exists(),
        reward_model=evaluation.metrics.get("reward_model") or {},
        rivals=_rivals(evaluation.metrics.get("against") or {}),
    )


def _rivals(found: dict[str, Any]) -> list[Rival]:
    """One of the SFT model's texts, and the best of them (rounds.evaluation.against)."""
    version = ModelVersion.objects.filter(pk=found["version"]).first() if found else None
    if version is None:
        return []
    return [
        Rival(sft=version.name, texts=texts, wins=Estimate(**found[name]))
        for name, texts in {"plain": 1, "best": found["texts"]}.items()
        if name in found
    ]


def paired(samples: Iterable[EvaluationSample], evaluation: Evaluation) -> list[Pair]:
    """What the models before and after wrote for the same prompts, in the order of `samples`."""
    every = list(samples)
    before = by_prompt(s for s in every if s.model_version_id == evaluation.before_id)
    after = by_prompt(s for s in every if s.model_version_id == evaluation.after_id)
    return [
        Pair(before=old, after=new)
        for prompt, written in after.items()
        for old, new in zip(before.get(prompt, []), written, strict=False)
    ]


class Sampled(Protocol):
    """What some model wrote for a prompt."""

    @property
    def prompt_id(self) -> int: ...


SampledType = TypeVar("SampledType", bound=Sampled)


def by_prompt(samples: Iterable[SampledType]) -> dict[int, list[SampledType]]:
    """The samples of each prompt, in their order."""
    found: dict[int, list[SampledType]] = defaultdict(list)
    for sample in samples:
        found[sample.prompt_id].append(sample)
    return found


def _columns(evaluation: Evaluation, samples: list[EvaluationSample]) -> list[Column]:
    numbers: dict[str, Any] = evaluation.metrics.get("models", {})
    found = ModelVersion.objects.in_bulk([int(pk) for pk in numbers if pk.isdecimal()])
    roles = {
        evaluation.reference_id: _("KL is measured from here"),
        evaluation.before_id: _("before"),
        evaluation.after_id: _("after"),
    }
    columns = [
        Column(
            version=found[pk],
            role=roles.get(pk, ""),
            numbers=numbers[str(pk)],
            reward=mean_over_prompts(
                (sample.prompt_id, sample.reward)
                for sample in samples
                if sample.model_version_id == pk
            ),
        )
        for pk in found
    ]
    place = {evaluation.after_id: 2, evaluation.before_id: 0}
    return sorted(columns, key=lambda c: (place.get(c.version.pk, 1), c.version.pk))


def _rise(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else after - before


def _won(change: float | None) -> float | None:
    """1 where the reward rose, 0 where it fell, 0.5 for a tie; None without rewards."""
    if change is None:
        return None
    return 1.0 if change > 0 else 0.5 if change == 0 else 0.0


def most_changed(pairs: list[Pair]) -> list[Pair]:
    """The pairs whose reward changed most, the worst change first."""
    largest = sorted(pairs, key=lambda pair: -abs(pair.change or 0))[:SHOWN]
    return sorted(largest, key=lambda pair: pair.change or 0)


def win_share(pairs: list[Pair], *, second: bool = False) -> Estimate | None:
    """On how many prompts the reward rose; ties count half. None without rewards.

    second: by the second reward model.

    A prompt's pairs are averaged first: its texts are not independent.
    """
    changes = [pair.second_change if second else pair.change for pair in pairs]
    prompts = [pair.after.prompt_id for pair in pairs]
    outcomes = _of_prompts(zip(prompts, map(_won, changes), strict=True))
    each = max(Counter(prompts).values(), default=0)
    return wilson_of(outcomes, each=each) if outcomes else None


def mean_over_prompts(values: Iterable[tuple[int, float | None]]) -> Estimate | None:
    """The mean of (prompt, value) with its interval; None where fewer than three prompts have any.

    A prompt's values are averaged first, as for `win_share`.
    """
    return mean(_of_prompts(values))


def _of_prompts(values: Iterable[tuple[int, float | None]]) -> list[float]:
    """The mean of what each prompt has."""
    found: dict[int, list[float]] = defaultdict(list)
    for prompt, value in values:
        if value is not None:
            found[prompt].append(value)
    return [fmean(some) for some in found.values()]
