"""How a job ends, or goes back to the queue. Each ends exactly once: all pass the row's lock."""

import logging
from collections.abc import Callable

from django.db import transaction
from django.db.models.functions import Now

from jobs import handlers
from jobs.models import Job
from jobs.services.nudging import nudge_on_commit
from jobs.services.recording import explain, held, storable, tell_state
from training.contract.said import say

logger = logging.getLogger(__name__)

POISON = "poison"
CANCELLED = "cancelled"
ERROR = ("error_code", "error", "error_said")
ON_REQUEST = say("cancelled on request")
STEP_BEFORE = "step_before"  # error code of a job that was cancelled with the one before it


def end(
    row: Job, state: Job.State, *, code: str = "", reason: str = "", result: object = None
) -> None:
    """End `row`, whose row is locked, and start or cancel what waits for it."""
    row.state = state
    code = code or (CANCELLED if state == Job.State.CANCELLED else "")
    explain(row, code=code, reason=reason)
    row.lease_until, row.eta_seconds = None, None
    if result is not None:
        row.result = storable(result)
    row.save(update_fields=["state", *ERROR, "lease_until", "eta_seconds", "result"])
    Job.objects.filter(pk=row.pk).update(finished_at=Now())
    tell_state(row, reason=reason)
    logger.info("job %s (%s) %s %s", row.pk, row.kind, state, reason)
    for follower in row.followers.select_for_update().filter(state=Job.State.WAITING):
        if state == Job.State.SUCCEEDED:
            to_queue(follower)
        else:
            end(
                follower,
                Job.State.CANCELLED,
                code=STEP_BEFORE,
                reason=say("the stage before ({kind}) did not succeed", kind=row.kind),
            )
    handlers.of(row).ended(row)


def to_queue(row: Job, *, reason: str = "") -> None:
    """Put `row`, whose row is locked, into the queue."""
    row.state, row.lease_until, row.lease_owner = Job.State.QUEUED, None, ""
    row.save(update_fields=["state", "lease_until", "lease_owner", "attempt"])
    Job.objects.filter(pk=row.pk).update(queued_at=Now())
    tell_state(row, reason=reason)
    nudge_on_commit(row)


@transaction.atomic
def succeed(
    *, job: Job, result: dict[str, object], complete: Callable[[], None] = lambda: None
) -> Job:
    """End `job` well, together with what `complete` writes; cancelled if that was asked before."""
    row = held(job)
    if row.cancel_requested_at is not None:
        end(row, Job.State.CANCELLED, reason=ON_REQUEST)
        return row
    complete()
    end(row, Job.State.SUCCEEDED, result=result)
    return row


@transaction.atomic
def fail(*, job: Job, code: str, message: str) -> Job:
    """End `job` with an error that another attempt would meet again."""
    row = held(job)
    end(row, Job.State.FAILED, code=code[:40], reason=message)
    return row


@transaction.atomic
def cancel(*, job: Job) -> Job:
    """End `job` as its canceller asked; the worker has stopped it."""
    row = held(job)
    end(row, Job.State.CANCELLED, reason=ON_REQUEST)
    return row


@transaction.atomic
def release(*, job: Job, reason: str) -> Job:
    """Give `job` back unharmed, for instance because the worker shuts down: no attempt is used."""
    row = held(job)
    row.attempt -= 1
    give_back(row, reason=reason)
    return row


@transaction.atomic
def abandon(*, job: Job, reason: str, code: str = POISON) -> Job:
    """Give `job` back after its process died: the attempt is used up, the last one ends it.

    code: of the error with which it then ends.
    """
    row = held(job)
    give_back(row, reason=reason, code=code)
    return row


def give_back(row: Job, *, reason: str, code: str = POISON) -> None:
    """Queue `row`, whose row is locked, again, unless it was cancelled or has no attempt left."""
    if row.cancel_requested_at is not None:
        end(row, Job.State.CANCELLED, reason=ON_REQUEST)
    elif row.attempt >= row.max_attempts:
        poison(row, reason=reason, code=code)
    else:
        to_queue(row, reason=reason)


def poison(row: Job, *, reason: str, code: str = POISON) -> None:
    """End `row`, whose row is locked: none of its attempts came to an end of its own."""
    message = say(
        "stopped after {attempts} attempts, the last one: {reason}",
        attempts=row.attempt,
        reason=reason,
    )
    end(row, Job.State.FAILED, code=code, reason=message)
