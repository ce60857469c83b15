"""Texts for a vote: one model writes for held-out prompts that people are to compare it on."""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from jobs.models import Job
from rounds.stages.blind_texts import folder as files
from rounds.stages.folder import run_of
from rounds.stages.generate import Generate
from training.generate.spec import GenerateSpec


class BlindTexts(Generate):
    """Queued by rounds.verdict.writing. Payload: {"prompts": [[prompt id, 1], …]}.

    Written as evaluations write: beside such a text it must not stand out.
    """

    name = "blind_texts"
    label = _("Texts for a vote")
    trainer = "generate"

    def prepare(self, job: Job, folder: Path) -> GenerateSpec:
        """The prompts of the payload, in its order."""
        return files.prepare(self.begin(job), folder)

    def complete(self, job: Job, folder: Path, result: dict[str, Any]) -> None:
        """Store the texts, and ask people where both sides are there."""
        files.complete(run_of(job), folder)


STAGE = BlindTexts()
