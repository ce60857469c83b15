"""Outliving an artifact store that is away: a job that needs it waits, and says what for."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar

from core.errors import StaleEpochError, StoreUnreachableError
from jobs import services
from registry import server
from workers import shutdown
from workers.heartbeat import Heartbeat
from workers.patience import patiently

logger = logging.getLogger(__name__)

Result = TypeVar("Result")
PAUSE_SECONDS = 10.0
LOOK_SECONDS = 0.5


def outlast(work: Callable[[], Result], heart: Heartbeat) -> Result:
    """What `work` returns, tried until the store answers: what was made must not be lost to it.

    StoreUnreachableError, or CutError within a transfer, where the worker must leave the job.
    """
    told = False
    while True:
        try:
            with server.leaving_when(lambda: _must_leave(heart)):
                result = work()
        except StoreUnreachableError as error:
            logger.warning("job %s waits: %s", heart.job.pk, error)
            if not told:
                say = {"code": error.code, "reason": error.message}
                patiently(partial(services.wait_for, job=heart.job, **say))
            told = True
            if not pause(heart):
                raise
        else:
            if told:
                with suppress(StaleEpochError):  # `work` may have been to end the job
                    patiently(partial(services.wait_for, job=heart.job))
            return result


def pause(heart: Heartbeat) -> bool:
    """Let some time pass; whether there is reason to go on."""
    until = time.monotonic() + PAUSE_SECONDS
    while time.monotonic() < until and not _must_leave(heart):
        time.sleep(LOOK_SECONDS)
    if heart.lost:
        raise StaleEpochError(f"job {heart.job.pk} was taken over")
    return not _must_leave(heart)


def _must_leave(heart: Heartbeat) -> bool:
    return heart.lost or heart.cancel_requested or shutdown.requested()
