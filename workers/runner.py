"""One job, from its claim to its end."""

import logging
import traceback
from functools import partial

from django.db import InterfaceError, OperationalError

from core.errors import RondoError, StaleEpochError
from jobs import handlers, services
from jobs.handlers import InProcessHandler, TrainingHandler
from jobs.models import Job
from training.contract.events import ErrorCode
from workers import trainer
from workers.heartbeat import Heartbeat
from workers.patience import patiently

logger = logging.getLogger(__name__)


def run(job_id: int, *, worker: str) -> None:
    """Claim the job, work on it and record the outcome; AlreadyClaimedError when it is taken."""
    job = services.claim(job_id=job_id, worker=worker)
    logger.info("job %s (%s) attempt %s", job.pk, job.kind, job.attempt)
    try:
        with Heartbeat(job) as heart:
            _work(job, heart)
    except StaleEpochError:
        logger.warning("job %s was taken over by another worker; leaving it alone", job.pk)


def _work(job: Job, heart: Heartbeat) -> None:
    try:
        match handlers.get(job.kind):
            case TrainingHandler() as handler:
                trainer.run(job, handler, heart)
            case InProcessHandler() as handler:
                result = handler.run(job)
                patiently(partial(services.succeed, job=job, result=result))
    except StaleEpochError:
        raise
    except (OperationalError, InterfaceError) as error:
        reason = f"the database was lost: {error}"
        patiently(partial(services.abandon, job=job, reason=reason))
    except RondoError as error:
        patiently(partial(services.fail, job=job, code=error.code, message=error.message))
    except Exception as error:
        logger.exception("job %s crashed", job.pk)
        line = traceback.format_exception_only(error)[-1].strip()
        log = traceback.format_exc()
        patiently(partial(services.log, job=job, text=log, level="error"))
        patiently(partial(services.fail, job=job, code=ErrorCode.CRASH, message=line))
