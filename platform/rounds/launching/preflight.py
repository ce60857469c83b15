"""Before a launch: what there is, what is missing and how to get it, how long it will take."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import NotEnoughDataError
from registry.models import ModelVersion
from rounds.launching import chain, estimates, recipes
from rounds.models import Round, Run
from rounds.queries import comparison_counts, edit_counts, label_counts, wrong_sort

FEWEST = 2  # examples with which a stage may start at all
ENOUGH_COMPARISONS = 2000  # below it a reward model is near chance (Gao et al. 2023)
BYTES_A_PARAMETER = {"sft": 40, "reward": 40, "ppo": 80}  # model, two checkpoints, optimiser


@dataclass(frozen=True, kw_only=True)
class Line:
    """One finding: ok, warning or missing; `url` leads to what helps."""

    level: str
    text: str
    url: str = ""
    help: str = ""


@dataclass(frozen=True, kw_only=True)
class StageCheck:
    """The findings for one stage."""

    stage: Run.Stage
    lines: list[Line]
    seconds: float = 0.0
    work: float = 0.0

    @property
    def missing(self) -> list[Line]:
        """What keeps the stage from starting."""
        return [line for line in self.lines if line.level == "missing"]


@dataclass(frozen=True, kw_only=True)
class Preflight:
    """The findings for a chain."""

    stages: list[StageCheck]
    counts: dict[str, dict[str, int]]
    general: list[Line] = field(default_factory=list)

    @property
    def missing(self) -> list[Line]:
        """All that keeps the chain from starting."""
        lines = [line for check in self.stages for line in check.missing]
        return lines + [line for line in self.general if line.level == "missing"]

    @property
    def seconds(self) -> float:
        """The estimate for the whole chain."""
        return sum(check.seconds for check in self.stages)

    def require(self) -> None:
        """NotEnoughDataError with all that is missing."""
        if lines := self.missing:
            errors = {str(i): line.text for i, line in enumerate(lines)}
            raise NotEnoughDataError(" ".join(line.text for line in lines), errors=errors)


@dataclass(frozen=True, kw_only=True)
class Stock:
    """What a project has to train on."""

    counts: dict[str, dict[str, int]]
    rankings: dict[str, tuple[int, int]]  # split -> rankings that order anything, their pairs
    edits: dict[str, int]  # split -> corrections that changed something
    prompts: dict[str, int]

    @classmethod
    def of(cls, round_: Round) -> "Stock":
        """Count it now."""
        project = round_.project
        held = project.prompts.filter(split="heldout").count()
        return cls(
            counts=label_counts(project),
            rankings=comparison_counts(project),
            edits=edit_counts(project),
            prompts={"heldout": held, "train": project.prompts.count() - held},
        )

    def examples(self, stage: str, recipe: Mapping[str, Any]) -> int:
        """Training examples of SFT or the reward model."""
        train = self.counts["train"]
        if stage == "sft":
            edited = train["correction"] if recipe.get("corrections_as_demonstrations") else 0
            return train["demonstration"] + edited
        return self.rankings["train"][0] + self.edits["train"]


def check(
    round_: Round,
    stages: Sequence[str],
    chosen: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    stock: Stock | None = None,
) -> Preflight:
    """Look at everything that `stages`, run in order, need. `chosen`: settings by stage.

    stock: what was counted already; it is counted now where it is not given.
    """
    stock = stock or Stock.of(round_)
    found = [
        _check_stage(round_, Run.Stage(stage), stages, {**(chosen or {}).get(stage, {})}, stock)
        for stage in stages
    ]
    return Preflight(stages=found, counts=stock.counts, general=_general(round_, stages))


def _check_stage(
    round_: Round, stage: Run.Stage, stages: Sequence[str], values: dict[str, Any], stock: Stock
) -> StageCheck:
    recipe = recipes.defaults(stage) | values
    lines = {
        Run.Stage.SFT: _sft_lines,
        Run.Stage.REWARD: _reward_lines,
        Run.Stage.PPO: _ppo_lines,
        Run.Stage.EVALUATE: _evaluate_lines,
    }[stage](round_, stages, recipe, stock)
    examples = estimates.Examples(
        sft=stock.examples("sft", recipe),
        reward=stock.examples("reward", recipe),
        heldout_prompts=stock.prompts["heldout"],
        per_ranking=max(round_.plan.get("completions", {}).values(), default=4),
    )
    model = chain.known_policy(round_, stage) or round_.writer
    work = estimates.work(stage, recipe, model=model, examples=examples)
    return StageCheck(stage=stage, lines=lines, work=work, seconds=estimates.seconds(stage, work))


def _sft_lines(
    round_: Round, stages: Sequence[str], recipe: dict[str, Any], stock: Stock
) -> list[Line]:
    have = stock.examples("sft", recipe)
    text = ngettext("%(n)s demonstration to train on", "%(n)s demonstrations to train on", have)
    lines = [_counted(round_, have, text % {"n": have}, _("Label or ask for demonstrations"))]
    if have >= FEWEST and not stock.counts["heldout"]["demonstration"]:
        lines.append(_warning(_("No held-out demonstration: there will be no held-out loss.")))
    return lines


def _reward_lines(
    round_: Round, stages: Sequence[str], recipe: dict[str, Any], stock: Stock
) -> list[Line]:
    rankings, pairs = stock.rankings["train"]
    pairs += stock.edits["train"]
    have = stock.examples("reward", recipe)
    text = ngettext("%(n)s ranking or correction", "%(n)s rankings and corrections", have)
    lines = [_counted(round_, have, text % {"n": have}, _("Label or ask for rankings"))]
    if tied := stock.counts["train"]["ranking"] - rankings:
        message = ngettext(
            "%(n)s ranking says only ties and teaches nothing.",
            "%(n)s rankings say only ties and teach nothing.",
            tied,
        )
        lines.append(_warning(message % {"n": tied}))
    if have >= FEWEST and pairs < ENOUGH_COMPARISONS:
        message = _(
            "%(have)s of %(enough)s comparisons. Below about %(enough)s a reward model is near "
            "chance on a broad task, whatever its size (Gao et al.)."
        )
        numbers = {"have": f"{pairs:,}", "enough": f"{ENOUGH_COMPARISONS:,}"}
        lines.append(_warning(message % numbers))
    if not stock.rankings["heldout"][0]:
        lines.append(_warning(_("No held-out ranking: its accuracy will not be known.")))
    if "sft" not in stages and chain.known_policy(round_, "reward") == round_.writer:
        lines.append(_warning(_("No SFT model: it starts from the model of the round.")))
    return lines


def _ppo_lines(
    round_: Round, stages: Sequence[str], recipe: dict[str, Any], stock: Stock
) -> list[Line]:
    have = stock.prompts["train"]
    text = ngettext("%(n)s training prompt", "%(n)s training prompts", have) % {"n": have}
    lines = [_counted(round_, have, text, _("Import prompts"), address="prompts_import")]
    return lines + _reward_model_line(round_, stages, level="missing")


def _evaluate_lines(
    round_: Round, stages: Sequence[str], recipe: dict[str, Any], stock: Stock
) -> list[Line]:
    have = stock.prompts["heldout"]
    text = ngettext("%(n)s held-out prompt", "%(n)s held-out prompts", have) % {"n": have}
    lines = [_counted(round_, have, text, _("Import prompts"), address="prompts_import", fewest=1)]
    if not {"sft", "ppo"} & set(stages) and chain.known_policy(round_, "evaluate") is None:
        lines.append(Line(level="missing", text=_("This round has made no model to evaluate yet.")))
    return lines + _reward_model_line(round_, stages, level="warning")


def _reward_model_line(round_: Round, stages: Sequence[str], *, level: str) -> list[Line]:
    if "reward" in stages:
        return [Line(level="ok", text=_("Scores with the reward model of this chain"))]
    model = chain.known_reward_model(round_, "ppo")
    if model is None:
        return [Line(level=level, text=_("There is no reward model: add the stage before."))]
    return [Line(level="ok", text=_("Scores with %s") % model.name)]


def _counted(
    round_: Round,
    have: int,
    text: str,
    help_: str,
    *,
    address: str = "round",
    fewest: int = FEWEST,
) -> Line:
    """A count that is fine, or too small with the page that helps."""
    if have >= fewest:
        return Line(level="ok", text=text)
    arguments = [round_.project.slug] + ([round_.number] if address == "round" else [])
    return Line(
        level="missing",
        text=_("%(text)s, at least %(fewest)s needed.") % {"text": text, "fewest": fewest},
        url=reverse(address, args=arguments),
        help=help_,
    )


def _warning(text: str) -> Line:
    return Line(level="warning", text=text)


def _general(round_: Round, stages: Sequence[str]) -> list[Line]:
    lines = [_disk(round_.writer, stages)]
    if left_out := wrong_sort(round_.project):
        message = ngettext(
            "%(n)s label is left out: simulated and people's labels are never mixed.",
            "%(n)s labels are left out: simulated and people's labels are never mixed.",
            left_out,
        )
        lines.append(_warning(message % {"n": left_out}))
    if round_.pending:
        waiting = len({pk for part in round_.pending.values() for pk in part})
        if waiting:
            message = ngettext(
                "%(n)s prompt still waits for its completions.",
                "%(n)s prompts still wait for their completions.",
                waiting,
            )
            lines.append(_warning(message % {"n": waiting}))
    return lines


def _disk(model: ModelVersion, stages: Sequence[str]) -> Line:
    settings.ARTIFACTS.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.ARTIFACTS).free
    need = model.parameters * sum(BYTES_A_PARAMETER.get(stage, 1) for stage in stages)
    numbers = {"free": f"{free / 2**30:.1f}", "need": f"{need / 2**30:.1f}"}
    if free < need:
        text = _("%(free)s GiB free on the disk, about %(need)s GiB needed.") % numbers
        return Line(level="missing", text=text)
    return Line(level="ok", text=_("%(free)s GiB free on the disk, %(need)s needed") % numbers)
