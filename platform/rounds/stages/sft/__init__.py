"""SFT: supervised fine-tuning of the base model on demonstrations."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from jobs.models import Job
from registry.models import ModelVersion
from rounds.lineage import base_of
from rounds.models import Round
from rounds.stages.base import Stage
from rounds.stages.findings import Finding, Limits, Look, Stock
from rounds.stages.reasons import LABELS
from rounds.stages.setting import Recipe
from rounds.stages.sft import folder as files
from rounds.stages.sft import needs
from rounds.stages.sft.curves import CURVES, FIGURES
from rounds.stages.sft.settings import SETTINGS
from training.sft.spec import SFTSpec


class SFT(Stage):
    """Registers an SFT model."""

    name = "sft"
    label = _("SFT")
    once = True
    makes = ModelVersion.Kind.SFT
    title = "Supervised fine-tuning on demonstrations (InstructGPT, step 1)"
    settings = SETTINGS
    curves = CURVES
    figures = FIGURES
    reasons = LABELS
    key_figures = ("examples", "steps", "heldout_loss_before", "heldout_loss", "heldout_reward")
    bytes_a_parameter = 12  # weights, and the two moments of Adam
    parted = "batch_size"

    def standing_source(self, round_: Round) -> ModelVersion:
        """The base model, in every round."""
        return base_of(round_.writer)

    def disk(self, recipe: Recipe) -> float:
        """Beside the checkpoints, the model of the best epoch so far."""
        return super().disk(recipe) + self.model_bytes

    def examples(self, recipe: Recipe, stock: Stock) -> int:
        """Demonstrations, and corrections where the recipe says so."""
        return needs.examples(recipe, stock)

    def is_scored(self, recipe: Recipe) -> bool:
        """Where a reward model chooses the epoch."""
        return needs.is_scored(recipe)

    def unfit(self, recipe: Recipe, examples: int | None, limits: Limits) -> dict[str, str]:
        """Nor can a reward model choose where the project has none yet."""
        return super().unfit(needs.used(recipe), examples, limits) | needs.unjudged(recipe, limits)

    def findings(self, look: Look) -> list[Finding]:
        """Are there demonstrations, and what chooses the epoch?"""
        return needs.findings(look)

    def operations(self, look: Look) -> float:
        """Each example is read and learned once an epoch; texts are written and scored."""
        return needs.operations(look)

    def prepare(self, job: Job, folder: Path) -> SFTSpec:
        """The demonstrations of both splits."""
        return files.prepare(self.begin(job), folder)


STAGE = SFT()
