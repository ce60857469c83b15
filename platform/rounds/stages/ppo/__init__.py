"""PPO: the policy learns what the reward model scores well, near where it started."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from jobs.models import Job
from registry.models import ModelVersion
from rounds.lineage import made_in
from rounds.models import Round
from rounds.stages.base import Stage
from rounds.stages.findings import Finding, Look
from rounds.stages.ppo import folder as files
from rounds.stages.ppo import needs
from rounds.stages.ppo.curves import CURVES, FIGURES
from rounds.stages.ppo.settings import SETTINGS
from rounds.stages.setting import Recipe
from training.ppo.spec import VALUES, PPOSpec


class PPO(Stage):
    """Registers a policy; people decide whether it serves."""

    name = "ppo"
    label = _("PPO")
    usual = True
    choice = _(
        "A reward model learns the rankings, and the policy from texts of its own what that model "
        "scores well: more stages and settings, and it can go beyond the texts that were ranked."
    )
    starts_from = (ModelVersion.Kind.SFT,)
    scores = True
    makes = ModelVersion.Kind.POLICY
    title = "Policy trained with PPO on a reward model (InstructGPT, step 3)"
    settings = SETTINGS
    curves = CURVES
    figures = FIGURES
    key_figures = ("steps", "score", "kl")
    phases = {**Stage.phases, "ppo": _("training")}
    parted = "minibatch_size"

    def checkpoint(self, recipe: Recipe) -> int:
        """Policy and, where there is one, critic, each with its moments; and the average."""
        return 28 if recipe.get("baseline", VALUES) == VALUES else 16

    def standing_source(self, round_: Round) -> ModelVersion | None:
        """It goes on from the policy that wrote the round, unless the round made an SFT model."""
        wrote = round_.writer
        if wrote.kind == self.makes and made_in(round_, *self.starts_from) is None:
            return wrote
        return super().standing_source(round_)

    def corpus(self, recipe: Recipe) -> str:
        """Where one is chosen in place of demonstrations."""
        return str(recipe.get("ptx_corpus", "")) if recipe.get("ptx_coef") else ""

    def misfits(self, recipe: Recipe, examples: int | None) -> dict[str, str]:
        """Minibatches that do not fill a batch; a coefficient of 0 that is to be moved."""
        return needs.misfits(recipe)

    def findings(self, look: Look) -> list[Finding]:
        """Are there prompts and a reward model?"""
        return needs.findings(look)

    def operations(self, look: Look) -> float:
        """Sampling, scoring and learning of each rollout."""
        return needs.operations(look)

    def prepare(self, job: Job, folder: Path) -> PPOSpec:
        """The training prompts, and a few held-out ones to watch."""
        return files.prepare(self.begin(job), folder)


STAGE = PPO()
