"""Waiting for what takes minutes or hours at the server."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from rondo_client.errors import WaitedTooLongError

T = TypeVar("T")
ENDED = {"succeeded", "failed", "cancelled"}  # states of a job of which nothing more comes
# (what is waited for and how it stands, so much of it, of so much in all or None)
Watch = Callable[[str, int, int | None], None]


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """poll: seconds between two looks. timeout: seconds in all; None waits for ever."""

    poll: float = 2.0
    timeout: float | None = None
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def until(self, look: Callable[[], T], is_done: Callable[[T], bool], *, what: str) -> T:
        """What `look` finds once `is_done` says so; WaitedTooLongError, which names `what`."""
        end = None if self.timeout is None else self.clock() + self.timeout
        while True:
            found = look()
            if is_done(found):
                return found
            if end is not None and self.clock() + self.poll > end:
                raise WaitedTooLongError(
                    f"{what} is not there after {self.timeout:.0f} s. It goes on at the server:"
                    " wait again, with a longer timeout."
                )
            self.sleep(self.poll)
