"""Pages in threads, streams on the loop: what becomes of requests, slow readers and leavers."""

import asyncio
import threading
import time

import pytest
from django.http import HttpResponse, StreamingHttpResponse

from config import bridge
from config.bridge import Bridge
from core import limits
from tests.streams import scope


class Client:
    """One request: the messages that the server gives and gets."""

    def __init__(self, *body, leaves=False):
        last = {"type": "http.disconnect"} if leaves else None
        pieces = [{"type": "http.request", "body": b, "more_body": True} for b in body]
        self.incoming = [*pieces, last or {"type": "http.request", "body": b""}]
        self.sent = []
        self.gone = asyncio.Event()

    async def receive(self):
        if not self.incoming:
            await self.gone.wait()
            return {"type": "http.disconnect"}
        return self.incoming.pop(0)

    async def send(self, message):
        self.sent.append(message)

    @property
    def answer(self):
        head, *rest = self.sent
        return head["status"], dict(head["headers"]), b"".join(m["body"] for m in rest)


def serve(pages, client=None, *, method="GET", path="/", headers=None):
    """The client after its whole request."""
    client = client or Client()
    request = scope(method, path, headers or {})
    asyncio.run(Bridge(pages, threads=1)(request, client.receive, client.send))
    return client


class Pages:
    """A stand-in for Django's handler: what it was asked, and an answer."""

    def __init__(self, response):
        self.response, self.asked, self.threads = response, [], []

    def __call__(self, environ, start_response):
        self.asked.append({**environ, "body": environ["wsgi.input"].read()})
        self.threads.append(threading.current_thread())
        start_response(f"{self.response.status_code} Whatever", list(self.response.items()))
        return self.response


def test_a_page_gets_the_request_whole_in_a_thread_and_its_answer_comes_back():
    pages = Pages(HttpResponse("hello", status=201, headers={"X-One": "1"}))
    headers = {"Host": "testserver", "Content-Type": "text/plain", "X-Forged_For": "me"}

    client = serve(
        pages, Client(b"ab", b"c"), method="POST", path="/caf%C3%A9/?q=1", headers=headers
    )

    status, answered, content = client.answer
    assert (status, answered[b"x-one"], content) == (201, b"1", b"hello")
    (asked,) = pages.asked
    assert pages.threads != [threading.main_thread()]
    assert asked["PATH_INFO"].encode("latin-1").decode() == "/café/"
    assert (asked["body"], asked["CONTENT_LENGTH"], asked["QUERY_STRING"]) == (b"abc", "3", "q=1")
    assert (asked["CONTENT_TYPE"], asked["HTTP_HOST"]) == ("text/plain", "testserver")
    assert [key for key in asked if "FORGED" in key] == []


def test_repeated_headers_become_one():
    pages = Pages(HttpResponse())
    request = scope("GET", "/", {})
    request["headers"] = [(b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"via", b"x"), (b"via", b"y")]
    client = Client()

    asyncio.run(Bridge(pages, threads=1)(request, client.receive, client.send))

    assert (pages.asked[0]["HTTP_COOKIE"], pages.asked[0]["HTTP_VIA"]) == ("a=1; b=2", "x,y")


def test_a_body_that_is_refused_is_answered_by_a_page_that_knows_why_and_ends_the_connection(
    monkeypatch,
):
    monkeypatch.setattr(limits, "SIGNED_OUT", 2)
    monkeypatch.setattr(limits, "SIGNED_IN", 3)
    pages, client = Pages(HttpResponse("too large", status=413)), Client(b"ab", b"cd", b"ef")

    serve(pages, client)

    status, headers, content = client.answer
    assert (status, headers[b"connection"], content) == (413, b"close", b"too large")
    (asked,) = pages.asked
    assert (asked["rondo.refusal"], asked["body"]) == ((413, 3), b"")


def test_whoever_leaves_before_the_request_is_whole_costs_no_thread():
    pages = Pages(HttpResponse())

    client = serve(pages, Client(b"ab", leaves=True))

    assert (pages.asked, client.sent) == ([], [])


def test_a_download_comes_in_pieces_and_is_closed(monkeypatch):
    monkeypatch.setattr(bridge, "PIECE", 4)
    response = StreamingHttpResponse(iter([b"ab", b"cd", b"ef"]))

    client = serve(Pages(response))

    assert [m["body"] for m in client.sent[1:]] == [b"abcd", b"ef", b""]
    assert [m["more_body"] for m in client.sent[1:-1]] == [True, True]
    assert response.closed


def test_the_next_piece_is_computed_while_one_is_on_its_way_and_no_more(monkeypatch):
    monkeypatch.setattr(bridge, "PIECE", 1)
    made, seen = [], []

    def pieces():
        for piece in (b"a", b"b", b"c", b"d"):
            made.append(piece)
            yield piece

    class Slow(Client):
        async def send(self, message):
            await asyncio.sleep(0.05)  # long enough for a thread that runs ahead
            seen.append((message.get("body"), len(made)))
            await super().send(message)

    serve(Pages(StreamingHttpResponse(pieces())), Slow())

    assert seen == [(None, 1), (b"a", 2), (b"b", 3), (b"c", 4), (b"d", 4), (b"", 4)]


def test_a_download_whose_reader_leaves_is_closed_once_its_piece_is_computed(monkeypatch):
    monkeypatch.setattr(bridge, "PIECE", 1)
    computing, closed = threading.Event(), []

    def pieces():
        try:
            yield b"a"
            computing.set()
            time.sleep(0.2)  # as a query that goes on after the reader has left
            yield b"b"
        finally:
            closed.append(threading.current_thread())

    class Leaver(Client):
        async def send(self, message):
            await super().send(message)
            if message.get("body") == b"a":
                await asyncio.to_thread(computing.wait, 5)
                self.gone.set()
                await asyncio.sleep(5)

    response = StreamingHttpResponse(pieces())
    client = serve(Pages(response), Leaver())

    assert [m.get("body") for m in client.sent] == [None, b"a"]
    assert len(closed) == 1
    assert response.closed


def test_an_error_within_a_download_reaches_the_server(monkeypatch):
    monkeypatch.setattr(bridge, "PIECE", 1)

    def pieces():
        yield b"ab"
        raise ZeroDivisionError

    response = StreamingHttpResponse(pieces())
    with pytest.raises(ZeroDivisionError):
        serve(Pages(response))
    assert response.closed


def test_a_stream_ends_when_its_reader_leaves_and_needs_no_thread_meanwhile():
    seen = []

    async def events():
        try:
            seen.append(threading.current_thread())
            yield b"one"
            await asyncio.Event().wait()  # never
        finally:
            seen.append("ended")

    async def main():
        client, other, slow = Client(), Client(), StreamingHttpResponse(events())
        pages = Pages(slow)
        application = Bridge(pages, threads=1)
        stream = asyncio.create_task(
            application(scope("GET", "/", {}), client.receive, client.send)
        )
        while len(client.sent) < 3:
            await asyncio.sleep(0)
        pages.response = HttpResponse("a page")
        await application(scope("GET", "/", {}), other.receive, other.send)
        client.gone.set()
        await stream
        return client, other, slow

    client, other, slow = asyncio.run(asyncio.wait_for(main(), 20))

    assert [message.get("body") for message in client.sent] == [None, b"", b"one"]
    assert other.answer[2] == b"a page"
    assert (seen, slow.closed) == ([threading.main_thread(), "ended"], True)


def test_a_stream_ends_when_the_server_stops():
    seen = []

    async def events():
        try:
            yield b"one"
            await asyncio.Event().wait()
        finally:
            seen.append("ended")

    async def main():
        client = Client()
        application = Bridge(Pages(StreamingHttpResponse(events())), threads=1)
        stream = asyncio.create_task(
            application(scope("GET", "/", {}), client.receive, client.send)
        )
        while len(client.sent) < 3:
            await asyncio.sleep(0)
        stream.cancel()
        with pytest.raises(asyncio.CancelledError):
            await stream

    asyncio.run(asyncio.wait_for(main(), 20))

    assert seen == ["ended"]


def test_the_head_of_a_stream_has_no_body():
    async def events():
        raise AssertionError("nobody reads it")
        yield b""

    client = serve(Pages(StreamingHttpResponse(events())), method="HEAD")

    assert (client.answer[0], client.answer[2], len(client.sent)) == (200, b"", 2)


def test_a_websocket_is_refused():
    client = Client()

    asyncio.run(
        Bridge(Pages(HttpResponse()), threads=1)({"type": "websocket"}, client.receive, client.send)
    )

    assert client.sent == [{"type": "websocket.close"}]
