"""A worker leaves a job to others, and says why: no attempt is used."""

from django.db import transaction

from jobs.models import Job, Worker
from jobs.services.ending import end, give_back
from jobs.services.fleet import OTHER_VERSION
from jobs.services.recording import explain, held, tell_state
from training.contract.said import say

MISSING_FILES, UNKNOWN_KIND = "missing_files", "unknown_kind"


@transaction.atomic
def decline(*, job_id: int, worker: str, reason: str) -> None:
    """Say once that `worker` does not claim the job, being of another version."""
    row = Job.objects.select_for_update().filter(pk=job_id, state=Job.State.QUEUED).first()
    if row is None or worker in row.declined:
        return
    row.declined[worker] = OTHER_VERSION
    said = say("{worker} does not take it: {reason}", worker=worker, reason=reason)
    _explain(row, code=OTHER_VERSION, reason=said)
    tell_state(row, reason=said)


@transaction.atomic
def pass_on(*, job: Job, reason: str, code: str = MISSING_FILES) -> Job:
    """Give `job` back for workers that have what this one lacks.

    Where none is left that has not said the same, it fails.
    """
    row = held(job)
    worker = row.lease_owner
    row.attempt -= 1
    row.declined[worker] = code
    others = Worker.objects.living().filter(queues__contains=[row.queue])
    if others.exclude(name__in=row.declined).exists():
        said = say("{worker}: {reason}", worker=worker, reason=reason)
        _explain(row, code=code, reason=said)
        give_back(row, reason=said)
    else:
        row.save(update_fields=["attempt", "declined"])
        end(row, Job.State.FAILED, code=code, reason=reason)
    return row


def _explain(row: Job, *, code: str, reason: str) -> None:
    """Pages show it while the job waits; the next claim forgets it."""
    explain(row, code=code, reason=reason)
    row.save(update_fields=["declined", "error_code", "error", "error_said"])
