"""Messages to the workers. They carry an id and may be lost: the reaper sends them again."""

import logging
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from core.broker import broker_link, connect
from jobs.models import Job

logger = logging.getLogger(__name__)

TASK = "workers.run_job"


def nudge_on_commit(job: Job) -> None:
    """Tell the workers of `job` once it can be read; a broker that is down fails nothing."""
    transaction.on_commit(partial(nudge, [job]), robust=True)


def nudge(jobs: list[Job]) -> None:
    """Send one message a job, or none when the broker cannot be reached."""
    try:
        with broker_link() as connection:
            connect(connection)
            for job in jobs:
                current_app.send_task(
                    TASK, args=[job.pk], queue=job.queue, connection=connection, retry=False
                )
    except (OperationalError, OSError) as error:
        logger.warning("broker unavailable, %s jobs stay queued: %s", len(jobs), error)


def messages_waiting(queue: str) -> int:
    """How many messages lie in `queue`; OperationalError when the broker cannot be reached."""
    with broker_link() as connection:
        connect(connection)
        try:
            with connection.channel() as channel:
                return int(channel.queue_declare(queue, passive=True).message_count)
        except connection.channel_errors:  # Redis keeps no queue that is empty
            return 0
