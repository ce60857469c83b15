"""People who read a stream slowly, each in a request to the web server's application."""

import asyncio
from typing import Any
from urllib.parse import urlsplit

from django.core.wsgi import get_wsgi_application
from django.db import connections

from config.bridge import Bridge, Message


def scope(method: str, address: str, headers: dict[str, str]) -> Message:
    """What a server says of a request."""
    parts = urlsplit(address)
    return {
        "type": "http",
        "http_version": "1.1",
        "scheme": "http",
        "server": ("testserver", 80),
        "client": ("127.0.0.1", 12345),
        "method": method,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
    }


def read_at_once(count: int, address: str, headers: dict[str, str]) -> list[tuple[int, bytes]]:
    """The status and the bytes that each of `count` readers got; one thread serves all of them.

    They read nothing more after the first piece, until every one of them has got one.
    """
    application = Bridge(get_wsgi_application(), threads=1)

    async def read_all() -> list[tuple[int, bytes]]:
        everybody = asyncio.Barrier(count)

        async def read() -> tuple[int, bytes]:
            status, content, asked = 0, b"", False

            async def receive() -> dict[str, Any]:
                nonlocal asked
                if asked:
                    await asyncio.Event().wait()  # nobody leaves before the end
                asked = True
                return {"type": "http.request", "body": b""}

            async def send(message: Message) -> None:
                nonlocal status, content
                status = message.get("status", status)
                waits = not content
                content += message.get("body", b"")
                if waits and content:
                    await everybody.wait()

            await application(scope("GET", address, headers), receive, send)
            return status, content

        async with asyncio.timeout(20):
            return await asyncio.gather(*(read() for _ in range(count)))

    entry = connections.settings["default"]
    before, entry["CONN_MAX_AGE"] = entry["CONN_MAX_AGE"], 0  # the thread ends with the test
    try:
        return asyncio.run(read_all())
    finally:
        entry["CONN_MAX_AGE"] = before
