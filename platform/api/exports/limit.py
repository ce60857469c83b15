"""How many exports may run a process of their own at once, in each web process."""

import threading
import weakref
from collections.abc import Iterator
from typing import Self

from django.utils.translation import gettext as _

from core.errors import BusyError


class Limit:
    """So many places; who finds none is told to come again, before anything has been sent."""

    def __init__(self, places: int) -> None:
        self._places = threading.BoundedSemaphore(places)

    def hold(self, pieces: Iterator[bytes]) -> "Held":
        """`pieces` with a place of their own; BusyError when all are taken."""
        if not self._places.acquire(blocking=False):
            raise BusyError(
                _(
                    "Several Parquet files are being written for others just now. Try again in a"
                    " minute, or take JSON lines (.jsonl), which anybody may have at any time."
                )
            )
        return Held(pieces, self._places)


class Held(Iterator[bytes]):
    """Pieces whose place is free again once they end, are closed, or were never asked for."""

    def __init__(self, pieces: Iterator[bytes], places: threading.BoundedSemaphore) -> None:
        self._pieces = pieces
        self._leave = weakref.finalize(self, places.release)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._pieces)
        except BaseException:
            self._leave()
            raise

    def close(self) -> None:
        """The reader has left."""
        try:
            if close := getattr(self._pieces, "close", None):
                close()
        finally:
            self._leave()
