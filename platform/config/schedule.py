"""What beat has done, and how often."""

from typing import Any


def _every(seconds: float, task: str) -> dict[str, Any]:
    """A message that nobody took by the time of the next one is dropped."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


SCHEDULE = {
    "reap-jobs": _every(10.0, "workers.reap_jobs"),
    "expire-leases": _every(60.0, "workers.expire_leases"),
    "refresh-quality": _every(60.0, "workers.refresh_quality"),
    "refresh-verdicts": _every(30.0, "workers.refresh_verdicts"),
    "draw-spot-checks": _every(60.0, "workers.draw_spot_checks"),
    "send-notices": _every(30.0, "workers.send_notices"),
    "sweep-kept-answers": _every(3600.0, "workers.sweep_kept_answers"),
    "send-webhooks": _every(5.0, "workers.send_webhooks"),
    "sweep-artifacts": {"task": "workers.sweep_artifacts", "schedule": 24 * 3600.0},
}
