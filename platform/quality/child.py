"""The process beside a worker in which figures are computed: at most one, never waited for."""

import os
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from core import processes
from quality.due import due

if TYPE_CHECKING:
    from subprocess import Popen

LIMIT = 3600.0  # seconds; whatever takes longer hangs
# One core is enough for what nobody waits for.
ENV = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class Child:
    """Started where something is due and none runs; ended when it hangs.

    program: what `python -m` runs, with the projects that `ask` says are due.
    """

    def __init__(
        self, program: str = "quality", ask: Callable[[], list[int]] = lambda: due()
    ) -> None:
        self._program, self._ask = program, ask
        self._lock = threading.Lock()
        self._process: Popen[bytes] | None = None
        self._began = 0.0

    def look(self) -> None:
        """What beat asks for every minute; returns at once."""
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                if time.monotonic() < self._began + LIMIT:
                    return
                processes.end(self._process, grace=1)
            self._process = None
            if projects := self._ask():
                words = [sys.executable, "-m", self._program, *map(str, projects)]
                self._process = processes.start(words, env={**os.environ, **ENV})
                self._began = time.monotonic()


CHILD = Child()
