"""The Celery tasks: importing this package registers them."""

from workers.tasks.jobs import reap_jobs, run_job, sweep_artifacts
from workers.tasks.leases import expire_leases

__all__ = ["expire_leases", "reap_jobs", "run_job", "sweep_artifacts"]
