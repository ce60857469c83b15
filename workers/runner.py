"""One job, from its claim to its end."""

import logging
import traceback
from functools import partial

from django.db import InterfaceError, OperationalError

from core.errors import MissingFilesError, RondoError, StaleEpochError, StoreUnreachableError
from jobs import handlers, services
from jobs.handlers import InProcessHandler, TrainingHandler
from jobs.models import Job
from registry.server import CutError
from training.contract import disk
from training.contract.events import ErrorCode
from training.contract.said import say
from workers import shutdown, trainer
from workers.heartbeat import Heartbeat
from workers.outlasting import outlast
from workers.patience import patiently

logger = logging.getLogger(__name__)


def run(job_id: int, *, worker: str) -> None:
    """Claim the job, work on it and record the outcome; AlreadyClaimedError when it is taken.

    A worker that leaves claims nothing more, though messages may wait in it; others are sent.
    """
    if shutdown.requested():
        logger.info("job %s is left to others: this worker is asked to leave", job_id)
        return
    if reason := services.misfit(Job.objects.filter(pk=job_id).first()):
        logger.error("job %s is left to others: %s", job_id, reason)
        services.decline(job_id=job_id, worker=worker, reason=reason)
        return
    job = services.claim(job_id=job_id, worker=worker)
    logger.info("job %s (%s) attempt %s", job.pk, job.kind, job.attempt)
    try:
        with Heartbeat(job) as heart:
            _work(job, heart)
    except StaleEpochError:
        logger.warning("job %s was taken over by another worker; leaving it alone", job.pk)


def _work(job: Job, heart: Heartbeat) -> None:
    if not handlers.knows(job.kind):
        reason = say("it does not know jobs of the kind {kind}", kind=job.kind)
        patiently(partial(services.pass_on, job=job, reason=reason, code=services.UNKNOWN_KIND))
        return
    try:
        _handle(job, heart)
    except StaleEpochError:
        raise
    except (OperationalError, InterfaceError) as error:
        is_full = disk.is_no_space(error)
        reason = say("the database was lost: {error}", error=error)
        if is_full:
            reason = say("the database has no room: {error}", error=error)
        code = ErrorCode.NO_SPACE if is_full else services.POISON
        patiently(partial(services.abandon, job=job, reason=reason, code=code))
    except (StoreUnreachableError, CutError) as error:
        patiently(partial(_leave, job, heart, str(error) or trainer.LEAVING))
    except MissingFilesError as error:
        logger.warning("job %s is left to others: %s", job.pk, error)
        patiently(partial(services.pass_on, job=job, reason=error.message))
    except RondoError as error:
        patiently(partial(services.fail, job=job, code=error.code, message=error.message))
    except Exception as error:
        if disk.is_no_space(error):
            patiently(partial(_no_space, job, error))
            return
        logger.exception("job %s crashed", job.pk)
        line = traceback.format_exception_only(error)[-1].strip()
        log = traceback.format_exc()
        patiently(partial(services.log, job=job, text=log, level="error"))
        patiently(partial(services.fail, job=job, code=ErrorCode.CRASH, message=line))


def _handle(job: Job, heart: Heartbeat) -> None:
    match handlers.get(job.kind):
        case TrainingHandler() as handler:
            trainer.run(job, handler, heart)
        case InProcessHandler() as handler:
            result = outlast(partial(handler.run, job), heart)
            patiently(partial(services.succeed, job=job, result=result))


def _leave(job: Job, heart: Heartbeat, reason: str) -> None:
    """End or give back `job`, which was to leave while it waited for the artifact store."""
    if heart.cancel_requested:
        services.cancel(job=job)
    else:
        services.release(job=job, reason=reason)


def _no_space(job: Job, error: Exception) -> None:
    """End `job`, for which the worker itself found no room: its data, or the model in the store."""
    logger.warning("job %s: %s", job.pk, error)
    line = traceback.format_exception_only(error)[-1].strip()
    match handlers.get(job.kind):
        case TrainingHandler() as handler:
            trainer.fail_without_space(job, handler, line)
        case _:
            services.fail(job=job, code=ErrorCode.NO_SPACE, message=line)
