"""Evaluation: the models before and after on held-out prompts, and the reward model on rankings."""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from jobs.models import Job
from registry.models import ModelVersion
from rounds.lineage import made_in
from rounds.models import Round, Run
from rounds.stages.base import Stage
from rounds.stages.evaluate import folder as files
from rounds.stages.evaluate import needs
from rounds.stages.evaluate.settings import SETTINGS
from rounds.stages.findings import Finding, Look
from rounds.stages.folder import run_of
from training.evaluate.spec import EvaluateSpec


class Evaluate(Stage):
    """Stores an Evaluation."""

    name = "evaluate"
    label = _("Evaluation")
    starts_from = (ModelVersion.Kind.POLICY, ModelVersion.Kind.SFT)
    scores = True
    scores_twice = True
    settings = SETTINGS
    key_figures = ()
    phases = {"evaluate": _("evaluating")}

    def standing_source(self, round_: Round) -> ModelVersion | None:
        """Only what this round made: there is nothing else to compare."""
        return made_in(round_, *self.starts_from)

    def findings(self, look: Look) -> list[Finding]:
        """Are there held-out prompts, and a model to evaluate?"""
        return needs.findings(look, starts_from=self.starts_from)

    def operations(self, look: Look) -> float:
        """Sampling and scoring by three models."""
        return needs.operations(look)

    def headline(self, run: Run) -> str:
        """By how much the reward changed."""
        return needs.change(run) or super().headline(run)

    def prepare(self, job: Job, folder: Path) -> EvaluateSpec:
        """Held-out prompts and rankings only."""
        return files.prepare(self.begin(job), folder)

    def complete(self, job: Job, folder: Path, result: dict[str, Any]) -> None:
        """Store numbers and texts. Run again (a retry), the later ones count."""
        files.complete(run_of(job), folder, result)


STAGE = Evaluate()
