"""Every change of a job. What a worker writes carries the epoch of its claim and is refused once
another worker has claimed the job (StaleEpochError)."""

from jobs.services.ending import abandon, cancel, fail, release, succeed
from jobs.services.leasing import claim, heartbeat, is_cancel_requested
from jobs.services.queueing import enqueue, request_cancel, retry
from jobs.services.reaping import reap
from jobs.services.recording import log, record

__all__ = [
    "abandon",
    "cancel",
    "claim",
    "enqueue",
    "fail",
    "heartbeat",
    "is_cancel_requested",
    "log",
    "reap",
    "record",
    "release",
    "request_cancel",
    "retry",
    "succeed",
]
