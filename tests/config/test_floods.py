"""The web server against who sends too much, too slowly or too often: as a process."""

import socket
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from django.test import Client

from core import limits
from labeling.models import Role
from tests.factories import make_member, make_project
from tests.web_server import WebServer

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ADDRESSES = ("/accounts/login/", "/static/nope", "/api/v1/projects", "/healthz")


def send(server: WebServer, *pieces: bytes) -> socket.socket:
    """A connection with `pieces` sent; what the server no longer takes is not."""
    client = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    try:
        for piece in pieces:
            client.sendall(piece)
    except (BrokenPipeError, ConnectionResetError):
        pass
    return client


def answer(client: socket.socket) -> tuple[int, bytes]:
    """The status and the rest, to the end of the connection.

    One that ends while somebody still sends is reset: what was said before that is the answer.
    """
    content = b""
    with client, suppress(ConnectionResetError):
        while piece := client.recv(2**16):
            content += piece
    status = int(content.split(b" ", 2)[1]) if content else 0
    return status, content


def head(path: str, *headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", *headers]
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode()


def spooled(server: WebServer) -> int:
    """Bytes of deleted files that the server's processes hold open."""
    found = 0
    for process in server.processes():
        for link in Path(f"/proc/{process}/fd").iterdir():
            if link.readlink().name.endswith("(deleted)"):
                found += link.stat().st_size
    return found


@pytest.mark.parametrize("path", ADDRESSES)
def test_a_declared_flood_of_somebody_unknown_is_refused_before_it_comes(server, path):
    cookie = f"Cookie: sessionid={'x' * 32}"  # of no session
    for length in (limits.SIGNED_OUT + 1, 99_999_999_999):
        status, content = answer(send(server, head(path, f"Content-Length: {length}", cookie)))
        assert (status, b"connection: close" in content.lower()) == (413, True)


def test_a_flood_in_chunks_leaves_nothing_on_the_disk(server):
    chunk = b"40000\r\n" + b"x" * 0x40000 + b"\r\n"
    clients = [
        send(server, head(path, "Transfer-Encoding: chunked"), *[chunk] * 40) for path in ADDRESSES
    ]

    assert spooled(server) == 0
    for client in clients:
        client.close()
    assert server.get("/accounts/login/") == 200


def test_somebody_known_may_send_a_text_but_no_file_and_a_file_to_the_import(server):
    client = Client()
    client.force_login(make_member(make_project(slug="alpha"), "Mona", Role.MANAGER))
    cookie = f"Cookie: sessionid={client.session.session_key}"

    def post(path, size):
        sent = head(path, f"Content-Length: {size}", cookie, "Connection: close")
        body = b"x" * size if size <= limits.IMPORT_FILE else b""
        return answer(send(server, sent, body))[0]

    assert post("/theme/", limits.SIGNED_OUT + 1) == 403  # read, and its form has no token
    assert post("/theme/", limits.SIGNED_IN + 1) == 413
    assert post("/projects/alpha/prompts/import/", limits.SIGNED_IN + 1) == 403
    assert post("/projects/alpha/prompts/import/", limits.IMPORT_FILE + limits.FORM + 1) == 413


def test_a_slow_head_and_a_slow_body_are_told_so_and_end(server):
    begun = time.monotonic()
    slow = [
        send(server, b"GET /healthz HTTP/1.1\r\nHos"),
        send(server, head("/accounts/login/", "Content-Length: 9"), b"x"),
        send(server, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /hea"),
    ]
    first, second, third = [answer(client)[1] for client in slow]

    assert first.startswith(b"HTTP/1.1 408 ")
    assert second.startswith(b"HTTP/1.1 408 ")
    assert third.startswith(b"HTTP/1.1 200 ")
    assert time.monotonic() - begun < 30  # and not for ever


def test_connections_of_one_address_are_counted_and_half_sent_heads_free_them(server):
    half = [send(server, b"GET /healthz HTTP/1.1\r\n") for _ in range(30)]
    refused = [answer(client)[0] for client in half]

    assert (refused.count(503), refused.count(408)) == (10, 20)
    assert server.get("/healthz") == 200


@pytest.mark.parametrize("requests", [["keep-alive"] * 40, ["close"]], ids=["many", "the last"])
def test_who_reads_no_answer_keeps_no_connection(server, requests):
    """What waits for somebody who reads nothing of it is given up, and the place is free."""
    line = "GET /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: {}\r\n\r\n"
    asked = "".join(map(line.format, requests)).encode()
    with ExitStack() as clients:
        for _ in range(20):
            client = clients.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            client.connect(("127.0.0.1", server.port))
            client.sendall(asked)

        deadline = time.monotonic() + 30
        while server.get("/healthz") != 200:  # all places are taken
            assert time.monotonic() < deadline
            time.sleep(0.2)


def test_uploads_of_500_mb_are_refused_early_and_slow_nobody(server):
    """Declared, nothing of them is read; in pieces, nothing of them is kept."""
    client = Client()
    client.force_login(make_member(make_project(slug="alpha"), "Mona", Role.MANAGER))
    cookie = f"Cookie: sessionid={client.session.session_key}"
    path, whole = "/projects/alpha/prompts/import/", 500 * 2**20
    piece = b"100000\r\n" + b"x" * 2**20 + b"\r\n"
    begun = time.monotonic()

    told = [send(server, head(path, f"Content-Length: {whole}", cookie)) for _ in range(4)]
    statuses = [answer(each)[0] for each in told]
    told_within = time.monotonic() - begun
    in_pieces = send(server, head(path, "Transfer-Encoding: chunked", cookie), *[piece] * 300)
    meanwhile = server.get("/accounts/login/")
    kept = spooled(server)
    refused, _ = answer(in_pieces)

    assert (statuses, refused, meanwhile, kept) == ([413] * 4, 413, 200, 0)
    assert told_within < 10
