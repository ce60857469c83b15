"""What a live page reads: events after the one that it saw last, and the job as it stands.

One thread with one database connection reads for all the streams of this process.
"""

import asyncio
import json
import logging
import threading
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self

from django.db import Error as DatabaseError
from django.db import close_old_connections, connection
from django.utils import translation

from jobs import handlers
from jobs.models import Job, JobEvent
from jobs.words import worded

logger = logging.getLogger(__name__)

BATCH = 500
POLL_SECONDS = 0.5
COMMENT_SECONDS = 15.0  # proxies close what says nothing
RECHECK_SECONDS = 5.0  # a stream outlives the right to read it for so long at most
STREAMS_PER_USER = 6

streams: Counter[int] = Counter()  # open streams in this process, by user
_counting = threading.Lock()
_reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="job-events")


def as_dict(event: JobEvent) -> dict[str, Any]:
    """An event as pages get it: what it says is in the language that is active."""
    return {
        "id": event.pk,
        "kind": event.kind,
        "data": shown(event),
        "seconds": event.seconds,
        "created_at": event.created_at.isoformat(),
    }


def shown(event: JobEvent) -> dict[str, Any]:
    """The content of an event in the reader's language; of samples, which to ask before showing."""
    data = dict(event.data)
    said = data.pop("said", {})
    if event.kind == JobEvent.Kind.LOG:
        data["text"] = worded(data["text"], said)
    if event.kind == JobEvent.Kind.STATE:
        data["reason"] = worded(data["reason"], said)
    if event.kind == JobEvent.Kind.SAMPLE:
        data["warned"] = sorted(handlers.warned({each["prompt_id"] for each in data["samples"]}))
    return data


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
        "error": job.details,
        "explanation": job.explanation,
        "cancelling": job.cancel_requested_at is not None and not job.has_ended,
    }


def log_lines(job: Job) -> Iterator[str]:
    """Each line of its log, with its line end."""
    kinds_of_lines = [JobEvent.Kind.LOG, JobEvent.Kind.STATE]
    for event in job.events.filter(kind__in=kinds_of_lines).order_by("id").iterator():
        when = event.created_at.isoformat(timespec="seconds")
        if event.kind == JobEvent.Kind.LOG:
            yield f"{when} {event.data['level']}: {shown(event)['text']}\n"
        else:
            reason = shown(event)["reason"]
            yield f"{when} -- {event.data['state']}{': ' if reason else ''}{reason}\n"


def read(job_id: int, after: int, language: str) -> tuple[list[dict[str, Any]], bool]:
    """The next events as pages get them, and whether the job had ended before they were read."""
    close_old_connections()
    ended = Job.objects.filter(pk=job_id, state__in=Job.ENDED).exists()
    with translation.override(language):
        events = JobEvent.objects.filter(job_id=job_id).after(after)[:BATCH]
        return [as_dict(event) for event in events], ended


class Stream:
    """Server-sent events of a job for one person: counted from here on until it is closed.

    still_may_read is asked again and again, in the reader's thread. gap_to: the newest event, where
    the page has seen one that is no longer there, as after a backup was restored.
    """

    def __init__(
        self,
        job_id: int,
        *,
        after: int,
        user_id: int,
        still_may_read: Callable[[], bool],
        gap_to: int | None = None,
    ) -> None:
        self._job_id, self._after, self._gap_to = job_id, after, gap_to
        self._user_id, self._still_may_read = user_id, still_may_read
        self._language = translation.get_language() or "en"
        self._is_counted = True

    @classmethod
    def open(cls, job_id: int, *, user_id: int, **told: Any) -> Self | None:
        """A stream, or None where this person has as many open as one may have."""
        with _counting:
            if streams[user_id] >= STREAMS_PER_USER:
                return None
            streams[user_id] += 1
        return cls(job_id, user_id=user_id, **told)

    def close(self) -> None:
        """Count it no longer; the response does so, even of a stream that nobody has read."""
        with _counting:
            streams[self._user_id] -= self._is_counted
            self._is_counted = False

    async def __aiter__(self) -> AsyncGenerator[bytes, None]:
        """Until the job or the right to read it ends. A reconnect with the last id misses none."""
        try:
            yield b"retry: 2000\n\n"
            if self._gap_to is not None:
                self._after = self._gap_to
                yield f"id: {self._gap_to}\nevent: gap\ndata: {{}}\n\n".encode()
            async for message in self._follow():
                yield message
        finally:
            self.close()

    async def _follow(self) -> AsyncGenerator[bytes, None]:
        loop, silence = asyncio.get_running_loop(), 0.0
        checked = loop.time()
        while True:
            try:
                if loop.time() - checked >= RECHECK_SECONDS:
                    if not await loop.run_in_executor(_reader, self._still_may_read):
                        return  # the browser asks again, and is told why not
                    checked = loop.time()
                events, ended = await loop.run_in_executor(
                    _reader, read, self._job_id, self._after, self._language
                )
            except DatabaseError as error:
                logger.warning("events of job %s: %s", self._job_id, error)
                events, ended = [], False
            for event in events:
                yield encoded(event)
            if events:
                self._after, silence = events[-1]["id"], 0.0
                continue
            if ended:
                yield b"event: end\ndata: {}\n\n"
                return
            if silence >= COMMENT_SECONDS:
                silence = 0.0
                yield b": still here\n\n"
            await asyncio.sleep(POLL_SECONDS)
            silence += POLL_SECONDS


def encoded(event: dict[str, Any]) -> bytes:
    """One message of the stream; JSON has no raw line ends, so nothing can break out of it."""
    data = json.dumps(event, ensure_ascii=False)
    return f"id: {event['id']}\nevent: {event['kind']}\ndata: {data}\n\n".encode()


def close() -> None:
    """Close the reader's connection; for tests."""
    _reader.submit(lambda: connection.close()).result()
