"""Whether this worker is asked to leave: its pool's processes do not hear the signal themselves."""

import mmap
from typing import Any

from celery import signals

# Shared with the pool's processes, which are forked from the one that gets the signal. No lock:
# a signal handler must not wait for one.
_asked = mmap.mmap(-1, 1)


def request(**details: Any) -> None:
    """Ask whoever works in this worker to stop at the next safe place."""
    _asked[0] = 1


def requested() -> bool:
    """Whether that was asked for."""
    return _asked[0] == 1


signals.worker_shutting_down.connect(request, weak=False)
