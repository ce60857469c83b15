"""People who read a stream slowly, each in a request of their own to the ASGI application."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from django.core.asgi import get_asgi_application
from django.db import connection, connections


@contextmanager
def pool_of(size: int) -> Iterator[None]:
    """As in the web process, all threads share `size` database connections."""
    connection.close()
    entry = connections.settings["default"]
    before = dict(entry)
    entry["CONN_MAX_AGE"] = 0
    entry["OPTIONS"] = {"pool": {"min_size": 0, "max_size": size, "timeout": 2}}
    try:
        yield
    finally:
        connection.close()
        connection.close_pool()
        entry.update(before)


def read_at_once(count: int, address: str, headers: dict[str, str]) -> list[tuple[int, bytes]]:
    """The status and the bytes that each of `count` readers got.

    They read nothing more after the first piece, until every one of them has got one.
    """
    application = get_asgi_application()
    parts = urlsplit(address)
    scope = {
        "type": "http",
        "method": "GET",
        "path": parts.path,
        "query_string": parts.query.encode(),
        "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
    }

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

            async def send(message: dict[str, Any]) -> None:
                nonlocal status, content
                status = message.get("status", status)
                waits = not content
                content += message.get("body", b"")
                if waits and content:
                    await everybody.wait()

            await application(scope, receive, send)
            return status, content

        async with asyncio.timeout(20):
            return await asyncio.gather(*(read() for _ in range(count)))

    return asyncio.run(read_all())  # async_to_sync would run all of them in this one thread
