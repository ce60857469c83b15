"""The kinds of jobs: upper layers register theirs, workers look them up by name."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from jobs.models import Job
from training.spec import Spec

if TYPE_CHECKING:
    from accounts.models import User


class Kind:
    """What the two sorts of kinds share."""

    name: ClassVar[str]
    queue: ClassVar[Job.Queue]

    def may_see(self, job: Job, user: "User") -> bool:
        """Whether `user` may follow the job's events. Kinds of projects ask for the role there."""
        return user.is_superuser or job.created_by_id == user.pk


class JobKind(Kind):
    """Work that runs inside the Celery process. Subclass, set `name`, write `run`."""

    queue = Job.Queue.DEFAULT

    def run(self, job: Job) -> dict[str, object]:
        """Do the work and return the job's result. It may run again, so it must be idempotent."""
        raise NotImplementedError


class TrainingKind(Kind):
    """Work of a child process over a folder: `python -m training.<stage> FOLDER`."""

    queue = Job.Queue.GPU

    def module(self, spec: Spec) -> str:
        """The Python module that works on the folder."""
        return f"training.{spec.stage}"

    def prepare(self, job: Job, folder: Path) -> Spec:
        """Write `data/` into `folder` and return the spec. Called before each attempt."""
        raise NotImplementedError

    def complete(self, job: Job, folder: Path, result: dict[str, object]) -> None:
        """Take over what the process made. Runs inside the transaction that ends the job."""
        raise NotImplementedError


_kinds: dict[str, JobKind | TrainingKind] = {}


def register(kind: JobKind | TrainingKind) -> None:
    """Make `kind` known; called from AppConfig.ready of the app that owns it."""
    _kinds[kind.name] = kind


def get(name: str) -> JobKind | TrainingKind:
    """The kind of that name; KeyError when no installed app has it."""
    return _kinds[name]
