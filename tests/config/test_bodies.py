"""Bodies: what is read of them, and what is refused unread."""

import asyncio
from pathlib import Path

import pytest

from config.bodies import Bodies, Disconnected, Refused, linger
from core import limits

ENDLESS = [{"type": "http.request", "body": b"xxxx", "more_body": True}] * 1000


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(limits, "SIGNED_OUT", 4)


class Sender:
    """Messages of a server, and how many of them were asked for."""

    def __init__(self, *messages):
        self.messages, self.asked = list(messages), 0

    async def receive(self):
        self.asked += 1
        if not self.messages:
            await asyncio.Event().wait()
        return self.messages.pop(0)


def pieces(*body):
    *first, last = [{"type": "http.request", "body": piece, "more_body": True} for piece in body]
    return [*first, {**last, "more_body": False}]


def read(sender, *, declared=None, limit=8, bodies=None):
    """(what was read, whether anybody was asked who the sender is)."""
    asked = []

    async def ask():
        asked.append(True)
        return limit

    headers = [] if declared is None else [(b"content-length", str(declared).encode())]

    async def main():
        return await (bodies or Bodies()).read({"headers": headers}, sender.receive, ask)

    with asyncio.run(main()) as body:
        body.seek(0)
        return body.read(), bool(asked)


@pytest.mark.parametrize(
    ("body", "declared", "asked"),
    [
        ((b"",), None, False),
        ((b"ab", b"cd"), 4, False),
        ((b"ab", b"cd"), None, False),
        ((b"ab", b"cd", b"ef"), 6, True),
        ((b"abc", b"def"), None, True),
        ((b"abcdef",), None, True),
    ],
)
def test_only_a_body_that_is_not_small_asks_whose_it_is(body, declared, asked):
    assert read(Sender(*pieces(*body)), declared=declared) == (b"".join(body), asked)


@pytest.mark.parametrize(
    ("declared", "limit", "taken"), [(99_999_999_999, 8, 0), (None, 4, 2), (None, 8, 3)]
)
def test_what_is_over_the_limit_is_refused_by_what_it_says_and_by_what_comes(
    declared, limit, taken
):
    sender = Sender(*ENDLESS)

    with pytest.raises(Refused) as refused:
        read(sender, declared=declared, limit=limit)

    assert (refused.value.status, refused.value.limit, sender.asked) == (413, limit, taken)


def test_a_body_for_which_the_disk_has_no_room_is_refused_as_such(monkeypatch):
    """The folder of temporary files lies on the disk of the database, say."""
    full = Path("/dev/full").open("r+b", buffering=0)  # noqa: SIM115  the body closes it
    monkeypatch.setattr("config.bodies.spool", lambda: full)

    with pytest.raises(Refused) as refused:
        read(Sender(*pieces(b"abc", b"def")))

    assert (refused.value.status, full.closed) == (507, True)


@pytest.mark.parametrize(("silence", "slowest"), [(0.05, 1), (20.0, 1000)])
def test_a_body_that_comes_too_slowly_is_given_up(monkeypatch, silence, slowest):
    monkeypatch.setattr(limits, "SILENCE_SECONDS", silence)
    monkeypatch.setattr(limits, "seconds_for", lambda size: 0.05 if slowest > 1 else 20.0)

    class Slow(Sender):
        async def receive(self):
            await asyncio.sleep(0.02 if slowest > 1 else 0.2)
            return {"type": "http.request", "body": b"", "more_body": True}

    with pytest.raises(Refused) as refused:
        read(Slow())
    assert refused.value.status == 408


def test_large_bodies_are_few_at_once_and_small_ones_any_number(monkeypatch):
    monkeypatch.setattr(limits, "LARGE_BODIES", 8)

    async def main():
        bodies = Bodies()

        async def limit():
            return 8

        def start(sender, size):
            headers = [(b"content-length", str(size).encode())]
            return asyncio.create_task(bodies.read({"headers": headers}, sender.receive, limit))

        first = start(Sender(), 6)
        await asyncio.sleep(0)
        second, small = start(Sender(), 6), start(Sender(*pieces(b"abcd")), 4)
        (await small).close()
        with pytest.raises(Refused) as refused:
            await second
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        (await start(Sender(*pieces(b"abcdef")), 6)).close()
        return refused.value.status

    assert asyncio.run(main()) == 503


def test_whoever_leaves_is_no_error():
    with pytest.raises(Disconnected):
        read(Sender({"type": "http.disconnect"}))


def test_what_a_refused_client_still_sends_is_let_pass_for_a_while():
    sender = Sender(*ENDLESS[:3], *pieces(b"end"), *ENDLESS)

    asyncio.run(linger(sender.receive))

    assert sender.asked == 4
