"""What happens to a job becomes rows, always under the lock of the job's row."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from core.errors import StaleEpochError
from jobs.models import Job, JobEvent
from training.contract.events import Event, Log, Progress, content
from training.contract.said import parts_of, say


def held(job: Job) -> Job:
    """The row of `job`, locked, while the claim that `job` stands for still holds it."""
    row = Job.objects.select_for_update().filter(
        pk=job.pk, epoch=job.epoch, state=Job.State.RUNNING
    )
    if (found := row.first()) is None:
        raise StaleEpochError(f"job {job.pk} is no longer held by claim {job.epoch}")
    return found


def tell_state(job: Job, *, reason: str = "") -> None:
    """Add the event of the state that `job`, whose row is locked, has now."""
    data = {"state": job.state, "attempt": job.attempt, "reason": storable(reason)}
    if said := parts_of(reason):
        data["said"] = storable(said)
    JobEvent.objects.create(job=job, epoch=job.epoch, kind=JobEvent.Kind.STATE, data=data)


@transaction.atomic
def record(*, job: Job, events: Sequence[Event]) -> None:
    """Store lines of the trainer; those that are stored already are left out."""
    row = held(job)
    JobEvent.objects.bulk_create(
        [
            JobEvent(
                job=row,
                epoch=row.epoch,
                number=event.n,
                seconds=event.seconds,
                kind=event.data.kind,
                data=storable(content(event.data)),
            )
            for event in events
        ],
        ignore_conflicts=True,
    )
    for event in events:
        if isinstance(event.data, Progress):
            row.step, row.total_steps = event.data.step, event.data.total
            row.eta_seconds, row.phase = event.data.eta_seconds, event.data.phase
    row.save(update_fields=["step", "total_steps", "eta_seconds", "phase"])


@transaction.atomic
def advance(*, job: Job) -> None:
    """Store how far `job`, which this process works on, says that it is."""
    row = held(job)
    row.step, row.total_steps, row.phase = job.step, job.total_steps, job.phase
    row.save(update_fields=["step", "total_steps", "phase"])
    told = Progress(step=row.step, total=row.total_steps, eta_seconds=None, phase=row.phase)
    JobEvent.objects.create(
        job=row, epoch=row.epoch, kind=JobEvent.Kind.PROGRESS, data=storable(content(told))
    )


@transaction.atomic
def log(*, job: Job, text: str, level: str = "info") -> None:
    """Add a line of the platform itself to the log of `job`."""
    row = held(job)
    data = storable(content(Log(level=level, text=text, said=parts_of(text))))
    JobEvent.objects.create(job=row, epoch=row.epoch, kind=JobEvent.Kind.LOG, data=data)


@transaction.atomic
def wait_for(*, job: Job, code: str = "", reason: str = "") -> None:
    """Say what `job`, which keeps its worker, waits for; without a code, that it waits no more."""
    row = held(job)
    explain(row, code=code, reason=reason)
    row.save(update_fields=["error_code", "error", "error_said"])
    tell_state(row, reason=reason or say("it goes on"))


def explain(row: Job, *, code: str, reason: str) -> None:
    """Say on `row`, which is not saved here, why it stands as it does."""
    row.error_code, row.error = code, storable(reason)
    row.error_said = storable(parts_of(reason))


def storable(value: Any) -> Any:
    """`value` without what PostgreSQL's JSON has no place for: NUL and halves of surrogate pairs.

    A model may well sample them.
    """
    match value:
        case str():
            text = value.replace("\x00", "\ufffd")
            return text.encode("utf-8", "replace").decode("utf-8")
        case list():
            return [storable(item) for item in value]
        case dict():
            return {storable(key): storable(item) for key, item in value.items()}
        case _:
            return value
