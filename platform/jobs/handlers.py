"""Who works on a job: upper layers register a handler for each kind, workers look it up by name."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from jobs.models import Job
from training.contract.spec import Spec

if TYPE_CHECKING:
    from accounts.models import User


class Handler:
    """What both sorts of handlers share. `name` is the kind of the jobs that it works on."""

    name: ClassVar[str]
    queue: ClassVar[Job.Queue]

    def may_see(self, job: Job, user: "User") -> bool:
        """Whether `user` may follow the job's events. Jobs of projects ask for the role there."""
        return user.is_superuser or job.created_by_id == user.pk


class InProcessHandler(Handler):
    """Work that runs inside the Celery process. Subclass, set `name`, write `run`."""

    queue = Job.Queue.DEFAULT

    def run(self, job: Job) -> dict[str, object]:
        """Do the work and return the job's result. It may run again, so it must be idempotent."""
        raise NotImplementedError


class TrainingHandler(Handler):
    """Work of a child process over a folder: `python -m training.<stage> FOLDER`."""

    queue = Job.Queue.GPU

    def module(self, spec: Spec) -> str:
        """The Python module that works on the folder."""
        return spec.module()

    def prepare(self, job: Job, folder: Path) -> Spec:
        """Write `data/` into `folder` and return the spec. Called before each attempt."""
        raise NotImplementedError

    def complete(self, job: Job, folder: Path, result: dict[str, object]) -> None:
        """Take over what the process made. Runs inside the transaction that ends the job."""
        raise NotImplementedError


_handlers: dict[str, InProcessHandler | TrainingHandler] = {}


def register(handler: InProcessHandler | TrainingHandler) -> None:
    """Make `handler` known; called from AppConfig.ready of the app that owns it."""
    _handlers[handler.name] = handler


def get(name: str) -> InProcessHandler | TrainingHandler:
    """The handler of that name; KeyError when no installed app has it."""
    return _handlers[name]
