"""The handler that fetches, checks and registers a base model."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from jobs.handlers import TrainingHandler
from jobs.models import Job
from registry.models import ModelVersion
from registry.services import FACTS, register_folder
from training.base_model.spec import BaseModelSpec
from training.contract import files
from training.contract.spec import Spec

# What is known of a model from here on, and used where prompts are imported and asked about.
LEARNED = ("tokenizer_check", *FACTS, "sample")


class BaseModelJob(TrainingHandler):
    """Payload: source and template (see BaseModelSpec), name, licence."""

    name = "base_model"
    label = _("Register a base model")

    def prepare(self, job: Job, folder: Path) -> Spec:
        """Nothing but the source is needed, and a template where the model has none."""
        return BaseModelSpec(source=job.payload["source"], template=job.payload.get("template", ""))

    def complete(self, job: Job, folder: Path, result: dict[str, object]) -> None:
        """Register model/, for every project to start from."""
        version = register_folder(
            folder=folder / files.MODEL,
            kind=ModelVersion.Kind.BASE,
            name=job.payload["name"],
            job=job,
            metrics={key: result[key] for key in LEARNED if key in result},
            source=job.payload["source"],
            licence=job.payload.get("licence", ""),
            template_hash=str(result.get("template_hash", "")),
        )
        result["version"] = version.pk  # an equal model may have been registered before
