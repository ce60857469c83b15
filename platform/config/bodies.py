"""The body of a request, read whole: small for everybody, larger for whom we know.

Nothing of a body that is refused is read first. So whoever is signed out can fill neither the disk
nor the memory, and whoever is slow holds a connection for some seconds.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import IO, Any

from core import limits
from core.incoming import spool
from training.contract.disk import is_no_space

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Limit = Callable[[], Awaitable[int]]  # bytes that this person may send to this address

LINGER_SECONDS = 2.0


class Disconnected(Exception):  # noqa: N818  it is no error
    """The client left before its request was whole."""


class Refused(Exception):  # noqa: N818  it is an answer
    """The body is not taken.

    status: 413 over `limit`, 408 too slow, 503 too many at once, 507 no room on the disk.
    """

    def __init__(self, status: int, limit: int) -> None:
        super().__init__(status)
        self.status, self.limit = status, limit


class Bodies:
    """Reads the bodies of one process, and so many bytes of large ones at once."""

    def __init__(self) -> None:
        self._coming = 0

    async def read(self, scope: Message, receive: Receive, limit: Limit) -> IO[bytes]:
        """The body, whole; Refused or Disconnected. Only one that is not small asks for `limit`."""
        body = _Body(scope, receive)
        try:
            if not await body.fill(limits.SIGNED_OUT):
                await self._read_large(body, await limit())
        except BaseException:
            body.file.close()
            raise
        return body.file

    async def _read_large(self, body: "_Body", limit: int) -> None:
        if body.is_over(limit):
            raise Refused(413, limit)
        size = body.declared or limit
        if self._coming + size > limits.LARGE_BODIES:
            raise Refused(503, limit)
        self._coming += size
        try:
            if not await body.fill(limit):
                raise Refused(413, limit)
        finally:
            self._coming -= size


class _Body:
    """What has come of a body so far."""

    def __init__(self, scope: Message, receive: Receive) -> None:
        self.file = spool()
        self._receive = receive
        self.declared = declared_length(scope)  # bytes
        self._whole = False

    def is_over(self, limit: int) -> bool:
        """Whether it is, or says that it will be, larger than `limit`."""
        return max(self.declared, self.file.tell()) > limit

    async def fill(self, limit: int) -> bool:
        """Read to the end; False, and no more is read, where it is larger than `limit`."""
        now = asyncio.get_running_loop().time
        end = now() + limits.seconds_for(limit)
        try:
            async with asyncio.timeout(limits.SILENCE_SECONDS) as clock:
                while not (self._whole or self.is_over(limit)):
                    message = await self._receive()
                    if message["type"] == "http.disconnect":
                        raise Disconnected
                    self._keep(message.get("body", b""), limit)
                    self._whole = not message.get("more_body", False)
                    clock.reschedule(min(end, now() + limits.SILENCE_SECONDS))
        except TimeoutError:
            raise Refused(408, limit) from None
        return not self.is_over(limit)

    def _keep(self, piece: bytes, limit: int) -> None:
        try:
            self.file.write(piece)
        except OSError as error:
            if is_no_space(error):
                raise Refused(507, limit) from None
            raise


def declared_length(scope: Message) -> int:
    """What the head says of the body; 0 where it says nothing."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return 0


async def linger(receive: Receive) -> None:
    """Let pass what a refused client still sends: closed at once, it would not see its answer."""
    try:
        async with asyncio.timeout(LINGER_SECONDS):
            while (message := await receive())["type"] != "http.disconnect":
                if not message.get("more_body", False):
                    return
    except TimeoutError:
        return
