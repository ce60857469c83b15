"""The Celery tasks: importing this package registers them."""

from workers.tasks.answers import sweep_kept_answers
from workers.tasks.jobs import reap_jobs, run_job, sweep_artifacts
from workers.tasks.leases import draw_spot_checks, expire_leases
from workers.tasks.notices import send_notices
from workers.tasks.quality import refresh_quality, refresh_verdicts
from workers.tasks.webhooks import send_webhooks

__all__ = [
    "draw_spot_checks",
    "expire_leases",
    "reap_jobs",
    "refresh_quality",
    "refresh_verdicts",
    "run_job",
    "send_notices",
    "send_webhooks",
    "sweep_artifacts",
    "sweep_kept_answers",
]
