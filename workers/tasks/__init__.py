"""The Celery tasks: importing this package registers them."""

from workers.tasks.jobs import reap_jobs, run_job, sweep_artifacts
from workers.tasks.leases import expire_leases
from workers.tasks.quality import refresh_quality

__all__ = ["expire_leases", "reap_jobs", "refresh_quality", "run_job", "sweep_artifacts"]
