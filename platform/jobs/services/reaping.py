"""Finding what was lost: jobs of dead workers, and messages that never arrived."""

import logging

from django.db import transaction
from kombu.exceptions import OperationalError

from jobs.models import Job
from jobs.services.ending import end, poison
from jobs.services.nudging import messages_waiting, nudge
from training.contract.said import say

logger = logging.getLogger(__name__)


def reap() -> list[Job]:
    """End lost jobs that may not run again; send the messages of the others anew; the sent ones."""
    _end_lost()
    jobs = list(Job.objects.forgotten())
    sent = []
    for queue in Job.Queue:
        waiting = [job for job in jobs if job.queue == queue]
        if waiting and _lacks_messages(queue, jobs=len(waiting)):
            nudge(waiting)
            sent += waiting
    if sent:
        logger.info("sent again: jobs %s", ", ".join(str(job.pk) for job in sent))
    return sent


@transaction.atomic
def _end_lost() -> None:
    lost = Job.objects.with_dead_lease().exclude(pk__in=Job.objects.claimable().values("pk"))
    for row in lost.select_for_update(of=("self",), skip_locked=True):
        if row.cancel_requested_at is not None:
            end(row, Job.State.CANCELLED, reason=say("cancelled on request; its worker was lost"))
        else:
            poison(row, reason=say("the worker was lost"))


def _lacks_messages(queue: str, *, jobs: int) -> bool:
    """A queue that holds a message for each job needs no more: busy workers come to them."""
    try:
        return messages_waiting(queue) < jobs
    except (OperationalError, OSError) as error:
        logger.warning("broker unavailable: %s", error)
        return False
