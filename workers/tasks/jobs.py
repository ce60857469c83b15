"""Messages become work: each task looks at the rows, so that none of its messages matters."""

import logging

from celery import Task, shared_task

from core.errors import AlreadyClaimedError
from jobs import services
from labeling import import_jobs
from notices import services as notices
from registry import freezing, travelling
from registry import services as registry
from rounds import snapshots
from rounds.corpora import storing as corpora
from webhooks import endpoints as webhooks
from workers import runner
from workers.presence import name_of

logger = logging.getLogger(__name__)


@shared_task(bind=True, name="workers.run_job")  # type: ignore[untyped-decorator]
def run_job(self: Task, job_id: int) -> None:
    """Run the job if it can still be claimed; a second message for it finds that it cannot."""
    try:
        runner.run(job_id, worker=name_of(self.request.hostname))
    except AlreadyClaimedError:
        logger.info("job %s cannot be claimed, nothing to do", job_id)


@shared_task(name="workers.reap_jobs")  # type: ignore[untyped-decorator]
def reap_jobs() -> None:
    """Find lost jobs and lost messages; beat sends this every ten seconds."""
    services.reap()


@shared_task(name="workers.sweep_artifacts")  # type: ignore[untyped-decorator]
def sweep_artifacts() -> None:
    """Remove models that no row names, what is half-written, checkpoints that nobody goes on from,
    files that were previewed and not imported, old notices and messages of webhooks; once a day.
    """
    registry.sweep()
    snapshots.sweep()
    corpora.sweep()
    freezing.sweep(freezing.EXPORTS)
    travelling.sweep()
    notices.sweep()
    webhooks.sweep()
    import_jobs.sweep()
