"""Waiting for what takes time."""

import pytest

from rondo_client.errors import WaitedTooLongError
from rondo_client.waiting import Waiting


class Clock:
    """Time that passes while one sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def waiting(clock: Clock, timeout: float | None) -> Waiting:
    return Waiting(poll=2.0, timeout=timeout, sleep=clock.sleep, clock=lambda: clock.now)


def test_it_looks_until_it_is_there() -> None:
    clock, looks = Clock(), iter(range(9))

    found = waiting(clock, None).until(lambda: next(looks), lambda n: n == 3, what="It")

    assert (found, clock.now) == (3, 6.0)


def test_it_does_not_wait_past_the_time_that_it_was_given() -> None:
    clock = Clock()

    with pytest.raises(WaitedTooLongError, match="The end of run 7 is not there after 5 s"):
        waiting(clock, 5.0).until(lambda: 1, lambda n: False, what="The end of run 7")

    assert clock.now == 4.0
