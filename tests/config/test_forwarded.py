"""Limits by address through the web server itself, which stands before Django's own counting."""

import http.client
import re
import urllib.parse
from collections.abc import Iterator

import pytest
from django.core.cache import cache

from tests.web_server import Start, WebServer

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
FORGED = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Client-IP", "CF-Connecting-IP")


@pytest.fixture
def start(start_server: Start) -> Iterator[Start]:
    yield start_server
    cache.clear()  # what the servers counted is committed, and in no table that tests empty


def fail(server: WebServer, number: int, *headers: tuple[str, str]) -> int:
    """The answer to a wrong password for an account of its own, over loopback."""
    client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    client.request("GET", "/accounts/login/")
    page = client.getresponse()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())
    cookie = page.headers["Set-Cookie"].partition(";")[0]
    assert token
    data = {
        "csrfmiddlewaretoken": token[1],
        "login": f"nobody{number}@example.org",
        "password": "wrong",
    }
    body = urllib.parse.urlencode(data).encode()
    client.putrequest("POST", "/accounts/login/")
    for name, value in (
        ("Cookie", cookie),
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Content-Length", str(len(body))),
        *headers,
    ):
        client.putheader(name, value)
    client.endheaders(body)
    status = client.getresponse().status
    client.close()
    return status


def test_an_address_that_is_forged_over_loopback_escapes_no_limit(start: Start) -> None:
    server = start()
    tries = [fail(server, n, *((name, f"10.0.0.{n}") for name in FORGED)) for n in range(14)]
    assert tries == [200] * 10 + [429] * 4


def test_behind_a_proxy_each_address_counts_alone_and_forging_one_does_not_help(
    start: Start,
) -> None:
    server = start(TRUSTED_PROXIES="1")
    tries = [fail(server, n, ("X-Forwarded-For", f"10.0.0.{n}, 7.7.7.7")) for n in range(11)]
    # A proxy may also add a line of its own below the client's.
    lines = (("X-Forwarded-For", "10.0.1.1"), ("X-Forwarded-For", "7.7.7.7"))
    assert [*tries, fail(server, 20, *lines)] == [200] * 10 + [429] * 2
    assert fail(server, 21, ("X-Forwarded-For", "8.8.8.8")) == 200
