"""A turn is asked of the round's model, and a process is there that has it loaded."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import ConflictError
from jobs import services as jobs
from jobs.models import Job
from labeling import exchanges
from labeling.models import Assignment, Exchange, Project, Task
from registry.models import ModelVersion
from rounds.models import Round

KIND = "reply"
OPEN = (Job.State.QUEUED, Job.State.RUNNING)


def round_of(task: Task) -> Round | None:
    """The round that asks `task`, with the model that writes in it."""
    found = Round.objects.select_related("writer")
    return found.filter(project=task.project_id, number=task.round_number).first()


@transaction.atomic
def ask(*, assignment: Assignment, project: Project, annotator: User, **said: Any) -> Exchange:
    """Ask the next turn, as labeling.exchanges does; ConflictError where no model is there."""
    round_ = round_of(assignment.task)
    if round_ is None:
        raise ConflictError(
            _("No model replies here: this task belongs to no round. Skip it, and tell a manager.")
        )
    asked = exchanges.ask(
        assignment_id=assignment.pk,
        project=project,
        annotator=annotator,
        version=round_.writer,
        **said,
    )
    if asked.state == Exchange.State.WAITING:
        start(asked.version)
    return asked


def start(version: ModelVersion) -> None:
    """Queue a process for `version` unless there is one, which finds what waits by itself.

    A job that ends holds its row: whoever asks meanwhile waits for that, and then finds no job.
    """
    there = Job.objects.filter(kind=KIND, payload__version=version.pk, state__in=OPEN)
    if list(there.select_for_update().values_list("pk")) or there.exists():
        return
    jobs.enqueue(kind=KIND, payload={"version": version.pk})
