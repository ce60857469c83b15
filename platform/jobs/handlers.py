"""Who works on a job: upper layers register a handler for each kind, workers look it up by name."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from django.utils.functional import Promise

from jobs.models import Job
from training.contract.spec import Spec

if TYPE_CHECKING:
    from accounts.models import User


class Handler:
    """What both sorts of handlers share. `name` is the kind of the jobs that it works on.

    label: what such a job does, for people.
    """

    name: ClassVar[str]
    label: ClassVar[str | Promise] = ""
    queue: ClassVar[Job.Queue]

    def may_see(self, job: Job, user: "User") -> bool:
        """Whether `user` may follow the job's events. Jobs of projects ask for the role there."""
        return user.is_superuser or job.created_by_id == user.pk

    def ended(self, job: Job) -> None:
        """Called in the transaction in which the job ends, however it does."""


class InProcessHandler(Handler):
    """Work that runs inside the Celery process. Subclass, set `name`, write `run`."""

    queue = Job.Queue.DEFAULT

    def run(self, job: Job) -> dict[str, object]:
        """Do the work and return the job's result. It may run again, so it must be idempotent.

        What it sets of `job.step`, `job.total_steps` and `job.phase` is stored by the worker.
        """
        raise NotImplementedError


class TrainingHandler(Handler):
    """Work of a child process over a folder: `python -m training.<stage> FOLDER`."""

    queue = Job.Queue.GPU

    def module(self, spec: Spec) -> str:
        """The Python module that works on the folder."""
        return spec.module()

    def bytes_needed(self, job: Job) -> int | None:
        """About how much of the disk the job takes at once; None where that is not known."""
        return None

    def prepare(self, job: Job, folder: Path) -> Spec:
        """Write `data/` into `folder` and return the spec. Called before each attempt."""
        raise NotImplementedError

    def follow(self, job: Job, folder: Path) -> None:
        """Called several times a second while the process works; of one that is asked on."""

    def complete(self, job: Job, folder: Path, result: dict[str, object]) -> None:
        """Take over what the process made. Runs inside the transaction that ends the job."""
        raise NotImplementedError


_handlers: dict[str, InProcessHandler | TrainingHandler] = {}
_warners: list[Callable[[set[int]], set[int]]] = []
_stand_ins: list[Callable[[Job], Handler | None]] = []


def register(handler: InProcessHandler | TrainingHandler) -> None:
    """Make `handler` known; called from AppConfig.ready of the app that owns it."""
    _handlers[handler.name] = handler


def knows(name: str) -> bool:
    """Whether an installed app has a handler of that name."""
    return name in _handlers


def get(name: str) -> InProcessHandler | TrainingHandler:
    """The handler of that name; KeyError when no installed app has it."""
    return _handlers[name]


def stand_in(find: Callable[[Job], Handler | None]) -> None:
    """Let `find` say who speaks for a job whose handler is gone; None where it does not know."""
    _stand_ins.append(find)


def of(job: Job) -> Handler:
    """Who speaks for `job`, which is still shown when the code that worked on it is gone."""
    if job.kind in _handlers:
        return _handlers[job.kind]
    found = (find(job) for find in _stand_ins)
    return next((handler for handler in found if handler is not None), Handler())


def warn_of(find: Callable[[set[int]], set[int]]) -> None:
    """Let `find` say for which of some prompts, by their ids, people are asked before they look."""
    _warners.append(find)


def warned(prompt_ids: set[int]) -> set[int]:
    """Those of the prompts whose texts no page shows without asking."""
    return {pk for find in _warners for pk in find(prompt_ids)}


def label_of(job: Job) -> str:
    """What `job` does, in the reader's language; its kind where nobody can say."""
    return str(of(job).label or job.kind)
