"""The thread that keeps a job's lease alive while its worker is busy, and tells how far it is."""

import logging
import threading
import time
from types import TracebackType
from typing import Self

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection

from core.errors import StaleEpochError
from jobs import services
from jobs.models import Job

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.5  # how soon a cancel is noticed


class Heartbeat:
    """`with Heartbeat(job) as heart:`; `heart.cancel_requested`, `heart.lost`."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.cancel_requested = False
        self.lost = False  # another worker has the job
        self._told = self._place()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat of job {job.pk}")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()

    def _beat(self) -> None:
        try:
            next_renewal = 0.0
            while not self._done.is_set() and not self.lost:
                if time.monotonic() >= next_renewal:
                    next_renewal = time.monotonic() + settings.JOB_HEARTBEAT_SECONDS
                    self._ask(renew=True)
                else:
                    self._ask(renew=False)
                self._done.wait(LOOK_SECONDS)
        finally:
            connection.close()

    def _place(self) -> tuple[int, int, str]:
        """Where the job is, as whoever works on it in this process says."""
        return self.job.step, self.job.total_steps, self.job.phase

    def _ask(self, *, renew: bool) -> None:
        try:
            ask = services.heartbeat if renew else services.is_cancel_requested
            self.cancel_requested = ask(job=self.job)
            if (place := self._place()) != self._told:
                services.advance(job=self.job)
                self._told = place
        except StaleEpochError:
            self.lost = not self._done.is_set()
        except DatabaseError as error:
            # While the database is away nobody else can claim the job either.
            logger.warning("heartbeat of job %s: %s", self.job.pk, error)
            connection.close()
