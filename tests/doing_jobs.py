"""A job done here and now, as a worker would do it."""

from core.errors import RondoError
from jobs import handlers, services
from jobs.handlers import InProcessHandler
from jobs.models import Job


def do(job: Job) -> Job:
    """Claim it, work on it, end it; the job as it stands then."""
    held = services.claim(job_id=job.pk, worker="celery@test")
    handler = handlers.get(held.kind)
    assert isinstance(handler, InProcessHandler)
    try:
        result = handler.run(held)
    except RondoError as error:
        services.fail(job=held, code=error.code, message=error.message)
    else:
        services.succeed(job=held, result=result)
    return Job.objects.get(pk=job.pk)
