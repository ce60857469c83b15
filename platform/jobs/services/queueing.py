"""What people do to jobs: queue, cancel, retry."""

from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from core.errors import ConflictError
from core.release import own_release
from jobs import handlers
from jobs.models import Job
from jobs.services.ending import STEP_BEFORE, end, to_queue
from jobs.services.nudging import nudge_on_commit
from jobs.services.recording import tell_state
from training.contract.said import say


@transaction.atomic
def enqueue(
    *,
    kind: str,
    payload: dict[str, Any],
    created_by: User | None = None,
    after: Job | None = None,
) -> Job:
    """Queue a job; it waits while `after` has not ended. Workers hear of it only after commit."""
    state = Job.State.QUEUED
    if after is not None:
        before = Job.objects.select_for_update().get(pk=after.pk)
        if before.state in {Job.State.FAILED, Job.State.CANCELLED}:
            raise ConflictError(_("The stage before has ended without success."))
        if before.state != Job.State.SUCCEEDED:
            state = Job.State.WAITING
    job = Job.objects.create(
        kind=kind,
        queue=handlers.get(kind).queue,
        state=state,
        payload=payload,
        release=own_release(),
        created_by=created_by,
        after=after,
    )
    tell_state(job)
    if state == Job.State.QUEUED:
        nudge_on_commit(job)
    return job


@transaction.atomic
def request_cancel(*, job: Job, by: User | None) -> Job:
    """Cancel what no worker has; ask the worker of a running job to stop it."""
    row = Job.objects.select_for_update().get(pk=job.pk)
    if row.has_ended:
        raise ConflictError(_("This job has ended already."))
    lost = Job.objects.with_dead_lease().filter(pk=row.pk).exists()
    if row.state == Job.State.RUNNING and not lost:
        Job.objects.filter(pk=row.pk, cancel_requested_at=None).update(cancel_requested_at=Now())
        row.refresh_from_db()
        tell_state(row, reason=say("{by} asks to cancel", by=by) if by else say("asked to cancel"))
    else:
        end(
            row,
            Job.State.CANCELLED,
            reason=say("cancelled by {by}", by=by) if by else say("cancelled"),
        )
    audit(actor=by, action="job.cancelled", target=f"jobs.Job:{row.pk}")
    return row


@transaction.atomic
def retry(*, job: Job, by: User | None) -> Job:
    """Queue a failed or cancelled job again, in the same folder, and what was cancelled with it."""
    row = Job.objects.select_for_update().get(pk=job.pk)
    if row.state not in {Job.State.FAILED, Job.State.CANCELLED}:
        raise ConflictError(_("Only a job that failed or was cancelled can be retried."))
    before = row.after
    if before is not None and before.state != Job.State.SUCCEEDED:
        raise ConflictError(_("The stage before has not succeeded. Retry that one."))
    _reset(row)
    to_queue(row, reason=say("retried by {by}", by=by) if by else say("retried"))
    audit(actor=by, action="job.retried", target=f"jobs.Job:{row.pk}")
    return row


def _reset(row: Job) -> None:
    """Forget how `row` ended; its followers that ended with it wait for it again."""
    row.attempt, row.error_code, row.error = 0, "", ""
    row.cancel_requested_at = row.finished_at = None
    row.declined, row.release = {}, own_release()
    row.save()
    for follower in row.followers.select_for_update().filter(error_code=STEP_BEFORE):
        _reset(follower)
        follower.state = Job.State.WAITING
        follower.save(update_fields=["state"])
        tell_state(follower)
