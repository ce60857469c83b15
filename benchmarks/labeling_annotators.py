"""Annotators without a pause, as cheap as can be: they share the processor with the server."""

import asyncio
import json
import re
import time
from dataclasses import dataclass, field
from typing import Any

DATA = re.compile(rb'<script id="work-data" type="application/json">(.*?)</script>', re.DOTALL)
IDS = re.compile(r'data-ids="([\d ]+)"')
PAGE_EVERY = 20  # answers; then the page is opened anew, as by a reload
CREATED = 201
FOUND = 302


@dataclass
class Client:
    """One person's browser over one kept-alive connection."""

    port: int
    cookies: dict[str, str]
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None

    async def send(self, method: str, path: str, body: bytes = b"") -> tuple[int, str, bytes]:
        """(status, Location, body)."""
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        assert self.reader is not None
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {cookies}\r\n"
        if body:
            head += (
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
                f"Accept: application/json\r\nX-CSRFToken: {self.cookies.get('csrftoken', '')}\r\n"
            )
        self.writer.write(head.encode() + b"\r\n" + body)
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status, location, length, close, chunked = int(lines[0].split()[1]), "", 0, False, False
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            match name.lower():
                case "content-length":
                    length = int(value)
                case "location":
                    location = value
                case "transfer-encoding":
                    chunked = True
                case "connection":
                    close = value.lower() == "close"
                case "set-cookie":
                    cookie, _, content = value.partition(";")[0].partition("=")
                    self.cookies[cookie.strip()] = content
        answer = await self._chunks() if chunked else await self.reader.readexactly(length)
        if close:
            self.close()
        return status, location, answer

    async def _chunks(self) -> bytes:
        assert self.reader is not None
        parts = []
        while size := int(await self.reader.readline(), 16):
            parts.append(await self.reader.readexactly(size))
            await self.reader.readline()
        await self.reader.readline()
        return b"".join(parts)

    def close(self) -> None:
        """Hang up."""
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


@dataclass
class Observed:
    """What all annotators saw. acknowledged: annotation -> client key; seconds of each wait."""

    acknowledged: dict[int, str] = field(default_factory=dict)
    next_seconds: list[float] = field(default_factory=list)
    submit_seconds: list[float] = field(default_factory=list)


@dataclass
class Annotator:
    """Ranks what comes, in the order of the columns."""

    client: Client
    slug: str
    observed: Observed
    answered: int

    async def work(self, start: float, end: float) -> None:
        """Answer until `end`; what happens before `start` is not counted. Clock: monotonic."""
        data, ids = await self.open_page(measured=False)
        while time.monotonic() < end:
            measured = time.monotonic() >= start
            if self.answered % PAGE_EVERY == PAGE_EVERY - 1:
                data, ids = await self.open_page(measured=measured)
            data, ids = await self.answer(data, ids, measured=measured)
        self.client.close()

    async def open_page(self, *, measured: bool) -> tuple[dict[str, Any], list[int]]:
        """From "Label" to the page with the task."""
        began = time.perf_counter()
        task = await self.page(f"/projects/{self.slug}/label/")
        if measured:
            self.observed.next_seconds.append(time.perf_counter() - began)
        return task

    async def page(self, path: str) -> tuple[dict[str, Any], list[int]]:
        """The data of a page, and its completions in their order."""
        status, location, text = await self.client.send("GET", path)
        if status == FOUND:
            return await self.page(location)
        found = DATA.search(text)
        if found is None:
            raise RuntimeError(f"{path}: {status} without a task: {text[-300:]!r}")
        return json.loads(found[1]), ids_of(text.decode())

    async def answer(
        self, data: dict[str, Any], ids: list[int], *, measured: bool
    ) -> tuple[dict[str, Any], list[int]]:
        """Submit; what the next task is."""
        body = {
            "body": {"tiers": [[pk] for pk in ids], "unacceptable": []},
            "client_key": data["client_key"],
            "active_seconds": 3,
            "guideline_version": data["guideline_version"],
        }
        sent = json.dumps(body).encode()
        began = time.perf_counter()
        status, _, text = await self.client.send("POST", data["submit_url"], sent)
        if status != CREATED:
            raise RuntimeError(f"{data['submit_url']}: {status} {text[:300]!r}")
        answer = json.loads(text)
        self.answered += 1
        following = answer.get("task")
        if following is None:  # the answer names the page only
            task = await self.page(answer["next"])
        else:
            task = following["data"], ids_of(following["html"])
        if measured:
            self.observed.submit_seconds.append(time.perf_counter() - began)
            self.observed.acknowledged[answer["annotation"]] = data["client_key"]
        return task


def ids_of(page: str) -> list[int]:
    """The completions of a ranking, in the order of their columns."""
    return [int(pk) for found in IDS.findall(page) for pk in found.split()]


async def work(
    *, port: int, slug: str, sessions: list[str], start: float, seconds: float
) -> Observed:
    """Let everybody work until `seconds` after `start` (monotonic)."""
    observed = Observed()
    people = [
        Annotator(Client(port, {"sessionid": key}), slug, observed, answered=n)
        for n, key in enumerate(sessions)
    ]
    await asyncio.gather(*(person.work(start, start + seconds) for person in people))
    return observed
