"""Reward model: K-wise training on rankings and corrections."""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from jobs.models import Job
from registry.models import ModelVersion
from rounds.stages.comparisons import Comparing
from rounds.stages.findings import Finding, Look
from rounds.stages.folder import run_of
from rounds.stages.reward import folder as files
from rounds.stages.reward import needs
from rounds.stages.reward.curves import CURVES, FIGURES
from rounds.stages.reward.settings import REPEATS, SETTINGS
from rounds.stages.setting import Recipe
from training.reward.spec import RewardSpec


class Reward(Comparing):
    """Registers a reward model."""

    name = "reward"
    label = _("Reward model")
    starts_from = (ModelVersion.Kind.SFT,)
    makes = ModelVersion.Kind.REWARD
    title = "Reward model trained on rankings (InstructGPT, step 2)"
    settings = SETTINGS
    curves = CURVES
    figures = FIGURES
    key_figures = ("rankings", "pairs", "heldout_accuracy")
    phases = {
        **Comparing.phases,
        "reward": _("training"),
        "learning": _("training on shares of the labels"),
    }
    bytes_a_parameter = 12  # weights, and the two moments of Adam

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

    def prepare(self, job: Job, folder: Path) -> RewardSpec:
        """The rankings of both splits, and the demonstrations that set the zero of the score."""
        return files.prepare(self.begin(job), folder)

    def complete(self, job: Job, folder: Path, result: dict[str, Any]) -> None:
        """Take over the model and, where it was asked for, the learning curve."""
        super().complete(job, folder, result)
        files.complete(run_of(job), result)


STAGE = Reward()
