"""Choice: two reward models score candidates, and people are asked where they differ most."""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from jobs.models import Job
from rounds.stages.base import Stage
from rounds.stages.choose import folder as files
from rounds.stages.choose.curves import FIGURES
from rounds.stages.folder import run_of
from training.choose.spec import ChooseSpec


class Choose(Stage):
    """Queued by rounds.collecting.choosing, after the runs that write for the candidates.

    Payload: {"kind", "tasks": how many are wanted, "prompts": [[prompt id, completions], …]}.
    """

    name = "choose"
    label = _("Choice of prompts")
    in_chains = False
    scores = True
    scores_twice = True
    figures = FIGURES
    reasons = {}
    key_figures = ("asked", "candidates", "differ_asked", "differ_others")
    phases = {"choose": _("scoring the candidates")}

    def prepare(self, job: Job, folder: Path) -> ChooseSpec:
        """The candidates that have all their completions."""
        return files.prepare(self.begin(job), folder)

    def complete(self, job: Job, folder: Path, result: dict[str, Any]) -> None:
        """Open the tasks on which the models differ most; say in the result how much."""
        files.complete(run_of(job), folder, result)


STAGE = Choose()
