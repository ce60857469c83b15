"""Reward model: K-wise training on rankings and corrections."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobs.models import Job
from registry.models import ModelVersion
from rounds.models import Half, Run
from rounds.stages.base import Stage
from rounds.stages.findings import Finding, Look, Stock
from rounds.stages.folder import run_of
from rounds.stages.reward import folder as files
from rounds.stages.reward import needs
from rounds.stages.reward.curves import CURVES, FIGURES, REASONS
from rounds.stages.reward.settings import REPEATS, SETTINGS, WEIGHING
from rounds.stages.setting import Recipe
from training.reward.spec import RewardSpec


class Reward(Stage):
    """Registers a reward model."""

    name = "reward"
    label = gettext_lazy("Reward model")
    starts_from = (ModelVersion.Kind.SFT,)
    makes = ModelVersion.Kind.REWARD
    title = "Reward model trained on rankings (InstructGPT, step 2)"
    settings = SETTINGS
    curves = CURVES
    figures = FIGURES
    reasons = REASONS
    key_figures = ("rankings", "pairs", "heldout_accuracy")
    phases = {
        **Stage.phases,
        "reward": gettext_lazy("training"),
        "learning": gettext_lazy("training on shares of the labels"),
    }
    bytes_a_parameter = 12  # weights, and the two moments of Adam

    def examples(self, recipe: Recipe, stock: Stock) -> int:
        """Rankings, and corrections that changed something."""
        return stock.rows("rankings")

    def weighs(self, recipe: Recipe) -> bool:
        """Where its setting says so."""
        return bool(recipe.get(WEIGHING))

    def half_in(self, made: Collection[ModelVersion.Kind | None]) -> str:
        """The first where a second reward model shall judge what PPO makes of this one."""
        return Half.FIRST if ModelVersion.Kind.SECOND in made else ""

    def misfits(self, recipe: Recipe, examples: int | None) -> dict[str, str]:
        """Too few repeats of a learning curve are no curve."""
        return super().misfits(recipe, examples) | needs.misfits(recipe)

    def disk(self, recipe: Recipe) -> float:
        """With a learning curve, the checkpoints of its reward models beside those of this one."""
        return super().disk(recipe) * (2 if recipe.get(REPEATS) else 1)

    def findings(self, look: Look) -> list[Finding]:
        """Are there comparisons, and enough of them?"""
        return needs.findings(look)

    def operations(self, look: Look) -> float:
        """Each ranking's texts are read, and learned above the frozen layers, once an epoch."""
        return needs.operations(look)

    def headline(self, run: Run) -> str:
        """Its accuracy on held-out pairs."""
        heldout = (run.job.result or {}).get("heldout") or {}
        if isinstance(heldout.get("accuracy"), float):
            text = _("%(share)s right on %(n)s held-out pairs")
            return text % {"share": f"{heldout['accuracy']:.0%}", "n": heldout.get("pairs", 0)}
        return super().headline(run)

    def prepare(self, job: Job, folder: Path) -> RewardSpec:
        """The rankings of both splits, and the demonstrations that set the zero of the score."""
        return files.prepare(self.begin(job), folder)

    def complete(self, job: Job, folder: Path, result: dict[str, Any]) -> None:
        """Take over the model and, where it was asked for, the learning curve."""
        super().complete(job, folder, result)
        files.complete(run_of(job), result)


STAGE = Reward()
