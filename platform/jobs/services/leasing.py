"""Taking a job, and keeping it."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Now

from core.errors import AlreadyClaimedError, StaleEpochError
from jobs.models import Job
from jobs.services.declining import MISSING_FILES, UNKNOWN_KIND
from jobs.services.recording import tell_state
from training.contract.said import say


@transaction.atomic
def claim(*, job_id: int, worker: str) -> Job:
    """Take the job for `worker`; AlreadyClaimedError when it cannot be claimed, or no longer.

    One conditional UPDATE decides; it locks the row, which the rest of the transaction reads.
    """
    taken = (
        Job.objects.filter(pk=job_id)
        .claimable()
        .exclude(declined__contains={worker[:120]: MISSING_FILES})
        .exclude(declined__contains={worker[:120]: UNKNOWN_KIND})
        .update(
            state=Job.State.RUNNING,
            epoch=F("epoch") + 1,
            attempt=F("attempt") + 1,
            lease_owner=worker[:120],
            lease_until=Now() + timedelta(seconds=settings.JOB_LEASE_SECONDS),
            started_at=Coalesce("started_at", Now()),
            error_code="",
            error="",
            error_said={},
        )
    )
    if taken == 0:
        raise AlreadyClaimedError(f"job {job_id} cannot be claimed")
    job = Job.objects.get(pk=job_id)
    said = say("attempt {n} on {worker}", n=job.attempt, worker=worker)
    tell_state(job, reason="" if job.attempt == 1 else said)
    return job


def heartbeat(*, job: Job) -> bool:
    """Renew the lease; return whether someone asks for the job to be cancelled."""
    alive = Job.objects.filter(pk=job.pk, epoch=job.epoch, state=Job.State.RUNNING)
    kept = alive.update(lease_until=Now() + timedelta(seconds=settings.JOB_LEASE_SECONDS))
    if kept == 0:
        raise StaleEpochError(f"job {job.pk} is no longer held by claim {job.epoch}")
    return is_cancel_requested(job=job)


def is_cancel_requested(*, job: Job) -> bool:
    """Whether someone asks for the job to be cancelled; StaleEpochError when it is lost."""
    held = Job.objects.filter(pk=job.pk, epoch=job.epoch, state=Job.State.RUNNING)
    asked = held.values_list("cancel_requested_at", flat=True).first()
    if asked is None and not held.exists():
        raise StaleEpochError(f"job {job.pk} is no longer held by claim {job.epoch}")
    return asked is not None
