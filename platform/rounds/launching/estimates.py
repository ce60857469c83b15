"""How long a stage will take: its operations over the speed that its last run had."""

from jobs.models import Job
from rounds.models import Run

STARTUP_SECONDS = 10.0  # loading torch, model and data
FIRST_GUESS = 50e9  # operations a second of a small machine; the first run replaces it


def seconds(stage: str, operations: float) -> float:
    """The time that `operations` take, by the newest finished run of the stage."""
    return STARTUP_SECONDS + operations / (speed(stage) or FIRST_GUESS)


def seconds_left(run: Run, *, speed: float | None) -> float:
    """The time until `run` ends: as its worker says, else all of it, by `speed`."""
    if run.job.state == Job.State.RUNNING and run.job.eta_seconds is not None:
        return run.job.eta_seconds
    return STARTUP_SECONDS + run.work / (speed or FIRST_GUESS)


def speed(stage: str) -> float | None:
    """Operations a second of its last run; None before there is one."""
    last = Run.objects.succeeded().filter(stage=stage, work__gt=0).select_related("job")
    run = last.order_by("-pk").first()
    if run is None or run.job.started_at is None or run.job.finished_at is None:
        return None
    took = (run.job.finished_at - run.job.started_at).total_seconds() - STARTUP_SECONDS
    return run.work / max(took, 1.0)
