"""The Celery tasks: importing this package registers them."""

from workers.tasks.jobs import reap_jobs, run_job, sweep_artifacts

__all__ = ["reap_jobs", "run_job", "sweep_artifacts"]
