"""What a live page reads: events after the one that it saw last, and the job as it stands.

One thread with one database connection reads for all the streams of this process.
"""

import asyncio
import json
import logging
from collections import Counter
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import Error as DatabaseError
from django.db import close_old_connections, connection

from jobs.models import Job, JobEvent

logger = logging.getLogger(__name__)

BATCH = 500
POLL_SECONDS = 0.5
COMMENT_SECONDS = 15.0  # proxies close what says nothing
STREAMS_PER_USER = 6

streams: Counter[int] = Counter()  # open streams in this process, by user
_reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="job-events")


def as_dict(event: JobEvent) -> dict[str, Any]:
    """An event as pages get it."""
    return {
        "id": event.pk,
        "kind": event.kind,
        "data": event.data,
        "seconds": event.seconds,
        "created_at": event.created_at.isoformat(),
    }


def job_as_dict(job: Job) -> dict[str, Any]:
    """The job as pages get it."""
    return {
        "id": job.pk,
        "kind": job.kind,
        "state": job.state,
        "attempt": job.attempt,
        "max_attempts": job.max_attempts,
        "step": job.step,
        "total_steps": job.total_steps,
        "eta_seconds": job.eta_seconds,
        "phase": job.phase,
        "worker": job.lease_owner,
        "error_code": job.error_code,
        "error": job.error,
        "explanation": job.explanation,
        "cancelling": job.cancel_requested_at is not None and not job.has_ended,
    }


def read(job_id: int, after: int) -> tuple[list[JobEvent], bool]:
    """The next events, and whether the job had ended before they were read."""
    close_old_connections()
    ended = Job.objects.filter(pk=job_id, state__in=Job.ENDED).exists()
    return list(JobEvent.objects.filter(job_id=job_id).after(after)[:BATCH]), ended


async def follow(job_id: int, *, after: int, user_id: int) -> AsyncIterator[bytes]:
    """Server-sent events of a job until it ends. A reconnect with the last id misses none."""
    streams[user_id] += 1
    loop, silence = asyncio.get_running_loop(), 0.0
    try:
        yield b"retry: 2000\n\n"
        while True:
            try:
                events, ended = await loop.run_in_executor(_reader, read, job_id, after)
            except DatabaseError as error:
                logger.warning("events of job %s: %s", job_id, error)
                events, ended = [], False
            for event in events:
                yield encoded(event)
            if events:
                after, silence = events[-1].pk, 0.0
                continue
            if ended:
                yield b"event: end\ndata: {}\n\n"
                return
            if silence >= COMMENT_SECONDS:
                silence = 0.0
                yield b": still here\n\n"
            await asyncio.sleep(POLL_SECONDS)
            silence += POLL_SECONDS
    finally:
        streams[user_id] -= 1


def encoded(event: JobEvent) -> bytes:
    """One message of the stream; JSON has no raw line ends, so nothing can break out of it."""
    data = json.dumps(as_dict(event), ensure_ascii=False)
    return f"id: {event.pk}\nevent: {event.kind}\ndata: {data}\n\n".encode()


def close() -> None:
    """Close the reader's connection; for tests."""
    _reader.submit(lambda: connection.close()).result()
