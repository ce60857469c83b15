"""Following events.jsonl: whole lines, each once, also after a takeover."""

import logging
import time

from django.db.models import Max

from jobs import services
from jobs.models import Job, JobEvent
from training.contract import files
from training.contract.events import KINDS, Event, Progress

logger = logging.getLogger(__name__)

MAX_BYTES = 2**20  # per look, so that one transaction stays small
TELL_SECONDS = 5


class EventFile:
    """The events of `job`, from its folder into rows."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.path = job.folder / files.EVENTS
        self._offset = 0
        self._tell_at = 0.0
        self._size, self._grew_at = -1, 0.0
        stored = JobEvent.objects.filter(job=job).aggregate(last=Max("number"))
        self._last: int = stored["last"] or 0

    def store(self) -> bool:
        """Store what was written since the last look; whether there may be more."""
        lines, offset = self._read()
        events = [event for line in lines if (event := self._parse(line))]
        if events:
            services.record(job=self.job, events=events)
            self._last = events[-1].n
            self._tell(events)
        more, self._offset = offset > self._offset, offset
        return more

    def silence(self) -> float:
        """Seconds since the file last grew, whether or not it could be stored; 0 the first time."""
        size = self.path.stat().st_size if self.path.exists() else 0
        if size != self._size:
            self._size, self._grew_at = size, time.monotonic()
        return time.monotonic() - self._grew_at

    def _tell(self, events: list[Event]) -> None:
        """Log where the job is, at most every few seconds."""
        now = time.monotonic()
        progress = [event.data for event in events if isinstance(event.data, Progress)]
        if progress and now >= self._tell_at:
            self._tell_at = now + TELL_SECONDS
            last = progress[-1]
            where = last.phase, last.step, last.total
            logger.info("job %s (%s) %s %s/%s", self.job.pk, self.job.kind, *where)

    def _read(self) -> tuple[list[bytes], int]:
        try:
            with self.path.open("rb") as file:
                file.seek(self._offset)
                content = file.read(MAX_BYTES)
                if b"\n" not in content and len(content) == MAX_BYTES:
                    content += file.readline()
        except FileNotFoundError:
            return [], self._offset
        whole = content[: content.rfind(b"\n") + 1]
        return whole.splitlines(), self._offset + len(whole)

    def _parse(self, line: bytes) -> Event | None:
        """The event, None when it is stored already or cannot be read."""
        try:
            event = Event.parse(line)
        except ValueError as error:
            logger.warning("job %s: a line of %s: %s", self.job.pk, files.EVENTS, error)
            return None
        return event if event.n > self._last else None


def bring_up(job: Job) -> None:
    """Have in the file what is stored of it: a trainer counts on from its last line."""
    path = job.folder / files.EVENTS
    content = path.read_bytes() if path.exists() else b""
    whole = content[: content.rfind(b"\n") + 1]
    last = Event.parse(whole.splitlines()[-1]).n if whole else 0
    with path.open("wb") as file:
        file.write(whole)
        for row in job.events.filter(number__gt=last).order_by("number").iterator():
            data = KINDS[row.kind](**row.data)
            file.write(Event(n=row.number or 0, seconds=row.seconds or 0.0, data=data).line())
