"""Every change of a job. What a worker writes carries the epoch of its claim and is refused once
another worker has claimed the job (StaleEpochError)."""

from jobs.services.declining import UNKNOWN_KIND, decline, pass_on
from jobs.services.ending import POISON, abandon, cancel, fail, release, succeed
from jobs.services.fleet import install, leave, misfit, report
from jobs.services.leasing import claim, heartbeat, is_cancel_requested
from jobs.services.queueing import enqueue, request_cancel, retry
from jobs.services.reaping import reap
from jobs.services.recording import advance, held, log, record, wait_for

__all__ = [
    "POISON",
    "UNKNOWN_KIND",
    "abandon",
    "advance",
    "cancel",
    "claim",
    "decline",
    "enqueue",
    "fail",
    "heartbeat",
    "held",
    "install",
    "is_cancel_requested",
    "leave",
    "log",
    "misfit",
    "pass_on",
    "reap",
    "record",
    "release",
    "report",
    "request_cancel",
    "retry",
    "succeed",
    "wait_for",
]
