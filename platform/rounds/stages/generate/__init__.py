"""Generation: one model writes completions for a batch of a round's prompts."""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from jobs.models import Job
from registry import services as registry
from rounds.stages.base import Stage
from rounds.stages.folder import run_of
from rounds.stages.generate import folder as files
from rounds.stages.generate.curves import FIGURES
from rounds.stages.generate.settings import SETTINGS
from training.generate.spec import GenerateSpec


class Generate(Stage):
    """Queued by rounds.collecting.writing. Payload: {"prompts": [[prompt id, wanted], …]}."""

    name = "generate"
    label = _("Generation")
    in_chains = False
    settings = SETTINGS
    figures = FIGURES
    key_figures = ("completions", "tokens", "eos_rate")
    phases = {"generate": _("writing completions")}

    def prepare(self, job: Job, folder: Path) -> GenerateSpec:
        """The prompts of the payload, in its order."""
        return files.prepare(self.begin(job), folder)

    def complete(self, job: Job, folder: Path, result: dict[str, Any]) -> None:
        """Store the completions, and open the tasks that have all of theirs."""
        run = run_of(job)
        if run.source is not None:
            registry.learn(run.source, result)
        files.complete(run, folder)


STAGE = Generate()
