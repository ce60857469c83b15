"""The connections of the web server: how long one may say or read nothing, how many may be open.

gunicorn's asgi worker bounds neither, and has no setting for the class of its connections: this
module puts its own in the place of gunicorn's.
"""

import asyncio
from collections import Counter

from django.conf import settings
from gunicorn.asgi.protocol import ASGIProtocol
from gunicorn.workers import gasgi

from core import limits

_open: Counter[str] = Counter()  # of this process, by address


class Connection(ASGIProtocol):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's, with an end to waiting for the head of a request, and for an answer's reader."""

    _address = ""
    _head: asyncio.TimerHandle | None = None
    _reader: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Take it, or say at once that there are too many."""
        super().connection_made(transport)
        self._address = str((transport.get_extra_info("peername") or ("",))[0])
        _open[self._address] += 1
        if _is_crowded(self._address, self.worker.nr_conns):
            retry = [("Retry-After", "5")]
            self._send_error_response(503, "Too many connections: try again soon.\n", retry)
            self._keepalive_timeout()
        else:
            self._await_head()

    def _feed_callback_parser(self, data: bytes) -> bool:
        """From its first byte on, a head has some seconds; once it is whole, the body has its."""
        is_open: bool = super()._feed_callback_parser(data)
        if self._current_request is not None:
            self._stop_waiting()
        elif is_open and self._head is None:
            self._await_head()
        return is_open

    def connection_lost(self, exc: Exception | None) -> None:
        """One connection less."""
        self._stop_waiting()
        self._stop_watching()
        if not self._conn_lost_handled:
            _open[self._address] -= 1
            if not _open[self._address]:
                del _open[self._address]
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """More of an answer waits than should: whoever reads none of it is not waited for."""
        super().pause_writing()
        self._watch_reader()

    def resume_writing(self) -> None:
        """Enough of it was read."""
        super().resume_writing()
        self._stop_watching()

    def _close_transport(self) -> None:
        """What still waits is sent first, to somebody who reads it."""
        super()._close_transport()
        self._watch_reader()

    def _watch_reader(self) -> None:
        self._stop_watching()
        if left := self.transport.get_write_buffer_size():
            wait = limits.READER_SECONDS
            self._reader = self.worker.loop.call_later(wait, self._look_at_reader, left)

    def _look_at_reader(self, before: int) -> None:
        read = before - self.transport.get_write_buffer_size()
        if read < limits.READER_SECONDS * limits.SLOWEST_READER:
            self.transport.abort()
        else:
            self._watch_reader()

    def _stop_watching(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            self._reader = None

    def _await_head(self) -> None:
        self._head = self.worker.loop.call_later(limits.HEAD_SECONDS, self._give_up)

    def _stop_waiting(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _give_up(self) -> None:
        self._send_error_response(408, "The request was not whole in time.\n")
        self._keepalive_timeout()  # closes, and wakes the task that waits


def _is_crowded(address: str, connections: int) -> bool:
    per_address = not settings.ALLAUTH_TRUSTED_PROXY_COUNT
    return connections > limits.CONNECTIONS or (
        per_address and _open[address] > limits.CONNECTIONS_OF_ONE_ADDRESS
    )


def install() -> None:
    """Have gunicorn's worker make connections of this class."""
    gasgi.ASGIProtocol = Connection
