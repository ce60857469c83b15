"""Pages in a few threads, everything that waits on an event loop.

The loop reads a request whole, one thread computes its answer, the loop sends it: one hop there and
one back. So nobody's slow connection, in either direction, holds a thread or a database connection,
and a page costs what it costs under a WSGI server (docs/decisions/0012-pages-in-threads.md).
"""

import asyncio
import contextlib
import sys
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Container,
    Iterator,
)
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from django.http.response import HttpResponseBase

from config.bodies import Bodies, Disconnected, Message, Receive, Refused, linger
from core import limits

Headers = list[tuple[bytes, bytes]]
Send = Callable[[Message], Awaitable[None]]
Environ = dict[str, Any]
Pages = Callable[[Environ, Any], HttpResponseBase]  # Django's WSGI handler

PIECE = 2**18  # bytes of a download for each turn in a thread


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a thread hands back. rest: pieces that are still to come, None when there are none."""

    status: int
    headers: Headers
    content: bytes
    rest: Iterator[bytes] | AsyncIterator[bytes] | None
    response: HttpResponseBase


class Bridge:
    """An ASGI application that calls a WSGI one, a Django handler, in `threads` threads.

    limit_of: how many bytes a sender may send; it is asked in a thread, of larger bodies only.
    aside: paths that are answered by a thread of their own, when all others wait for a server.
    Pieces of a streaming response may come from one thread and then another, so none of them may
    leave a transaction open. Asynchronous ones are awaited on the loop, with no thread at all.
    """

    def __init__(
        self,
        pages: Pages,
        *,
        threads: int,
        limit_of: Callable[[Environ], int] = lambda environ: limits.SIGNED_IN,
        aside: Container[str] = (),
    ) -> None:
        self.pages = pages
        self._limit_of = limit_of
        self._bodies = Bodies()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self._aside = aside
        self._thread_aside = ThreadPoolExecutor(1, thread_name_prefix="aside")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """One request; websockets are refused."""
        if scope["type"] != "http":
            await send({"type": "websocket.close"})
            return
        with contextlib.suppress(Disconnected):
            try:
                body = await self._bodies.read(scope, receive, lambda: self._limit(scope))
            except Refused as refusal:
                await self._refuse(scope, refusal, receive, send)
                return
            with body:
                asked = environ(scope, body)
                aside = asked["PATH_INFO"] in self._aside
                threads = self._thread_aside if aside else self._threads
                answer = await self._run(self._begin, asked, threads=threads)
            await self._answer(answer, receive, send, bodiless=scope["method"] == "HEAD")

    async def _limit(self, scope: Message) -> int:
        limit: int = await self._run(self._limit_of, environ(scope, BytesIO()))
        return limit

    async def _refuse(self, scope: Message, refusal: Refused, receive: Receive, send: Send) -> None:
        """Answer a body that nobody has read by a page that says why, and hang up."""
        asked = environ(scope, BytesIO()) | {limits.REFUSAL: (refusal.status, refusal.limit)}
        answer = await self._run(self._begin, asked)
        answer.headers.append((b"connection", b"close"))
        await self._answer(answer, receive, send, bodiless=scope["method"] == "HEAD")
        await linger(receive)

    async def _run(
        self,
        function: Callable[..., Any],
        *arguments: Any,
        threads: ThreadPoolExecutor | None = None,
    ) -> Any:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(threads or self._threads, function, *arguments)

    def _begin(self, environ: Environ) -> Answer:
        """In a thread: the whole page, or the head and the first pieces of a stream."""
        head: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], _: object = None) -> None:
            names = [(n.lower().encode("latin-1"), v.strip().encode("latin-1")) for n, v in headers]
            head.extend((int(status[:3]), names))

        response = self.pages(environ, start)
        content = b""
        rest: Iterator[bytes] | AsyncIterator[bytes] | None = None
        if getattr(response, "is_async", False):
            rest = aiter(response)  # type: ignore[arg-type]
        elif response.streaming:
            rest = iter(response)
            content, rest = _take(rest)
        else:
            content = b"".join(response)
        if rest is None:
            response.close()
        return Answer(
            status=head[0], headers=head[1], content=content, rest=rest, response=response
        )

    async def _answer(
        self, answer: Answer, receive: Receive, send: Send, *, bodiless: bool
    ) -> None:
        """Send it; a stream until it ends or the client leaves."""
        if answer.rest is None:
            await _send(send, answer.status, answer.headers, answer.content)
            return
        try:
            if bodiless:
                await _send(send, answer.status, answer.headers, b"")
                return
            stream = asyncio.create_task(self._stream(answer, send))
            client = asyncio.create_task(_disconnect(receive))
            try:
                await asyncio.wait((stream, client), return_when=asyncio.FIRST_COMPLETED)
            finally:
                client.cancel()
                stream.cancel()
                await asyncio.wait((stream, client))
            if not stream.cancelled():
                stream.result()  # an error is the server's to log
        finally:
            await self._run(answer.response.close)

    async def _stream(self, answer: Answer, send: Send) -> None:
        start = {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
        await send(start)
        if isinstance(answer.rest, AsyncIterator):
            await send({"type": "http.response.body", "body": b"", "more_body": True})  # the head
            async for piece in answer.rest:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        else:
            async with contextlib.aclosing(self._ahead(answer.content, answer.rest)) as pieces:
                async for piece in pieces:
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _ahead(
        self, content: bytes, rest: Iterator[bytes] | None
    ) -> AsyncGenerator[bytes, None]:
        """`content`, then `rest`: each piece is computed while the one before it is on its way."""
        while rest is not None:
            following = asyncio.ensure_future(self._run(_take, rest))
            try:
                yield content
                content, rest = await asyncio.shield(following)
            finally:  # whoever leaves meanwhile: a generator that runs cannot be closed
                await asyncio.wait((following,))
        if content:
            yield content


def environ(scope: Message, body: IO[bytes]) -> Environ:
    """The WSGI environment (PEP 3333) of an ASGI scope."""
    length = body.seek(0, 2)
    body.seek(0)
    found = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": str(scope["server"][0]),
        "SERVER_PORT": str(scope["server"][1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": str((scope.get("client") or ("",))[0]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, value in scope["headers"]:
        name = raw_name.decode("latin-1").upper()
        if "_" in name:  # would be taken for the header with a dash, which a proxy may vouch for
            continue
        key = "CONTENT_TYPE" if name == "CONTENT-TYPE" else f"HTTP_{name.replace('-', '_')}"
        comma = "; " if name == "COOKIE" else ","
        text = value.decode("latin-1")
        found[key] = f"{found[key]}{comma}{text}" if key in found else text
    found["CONTENT_LENGTH"] = str(length)
    return found


def _take(pieces: Iterator[bytes]) -> tuple[bytes, Iterator[bytes] | None]:
    """About PIECE bytes, and what is left; None when nothing is."""
    taken, size = [], 0
    for piece in pieces:
        taken.append(piece)
        size += len(piece)
        if size >= PIECE:
            return b"".join(taken), pieces
    return b"".join(taken), None


async def _disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(send: Send, status: int, headers: Headers, content: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
