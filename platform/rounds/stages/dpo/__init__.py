"""DPO: the policy learns the rankings themselves, without a reward model between."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from jobs.models import Job
from registry.models import ModelVersion
from rounds.lineage import base_of
from rounds.models import Round
from rounds.queries import newest_version
from rounds.stages.comparisons import Comparing
from rounds.stages.dpo import folder as files
from rounds.stages.dpo import needs
from rounds.stages.dpo.curves import CURVES, FIGURES
from rounds.stages.dpo.settings import SETTINGS
from rounds.stages.findings import Finding, Look
from training.dpo.spec import DPOSpec


class DPO(Comparing):
    """Registers a policy; people decide whether it serves."""

    name = "dpo"
    label = _("DPO")
    choice = _(
        "The policy learns the rankings themselves: one stage and few settings, and no reward "
        "model that scores texts nobody has ranked. It gets far in little time, and farther from "
        "the SFT model."
    )
    starts_from = (ModelVersion.Kind.SFT,)
    makes = ModelVersion.Kind.POLICY
    title = "Policy trained on rankings with DPO (Rafailov et al. 2023)"
    settings = SETTINGS
    curves = CURVES
    figures = FIGURES
    key_figures = ("rankings", "pairs", "heldout_accuracy", "kl")
    phases = {**Comparing.phases, "reference": _("reading the texts before it learns")}
    bytes_a_parameter = 12  # weights, and the two moments of Adam

    def standing_source(self, round_: Round) -> ModelVersion:
        """The SFT model, in every round: labels that taught the last policy do not count twice."""
        return newest_version(round_.project, *self.starts_from) or base_of(round_.writer)

    def findings(self, look: Look) -> list[Finding]:
        """Are there comparisons?"""
        return needs.findings(look)

    def operations(self, look: Look) -> float:
        """Each text is read once by the reference, and learned once an epoch."""
        return needs.operations(look)

    def prepare(self, job: Job, folder: Path) -> DPOSpec:
        """The rankings of both splits, and a few held-out prompts to watch."""
        return files.prepare(self.begin(job), folder)


STAGE = DPO()
