"""Requests as bytes, through what the web server calls: nothing is put right on the way."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from itertools import islice
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core import signals
from django.db import close_old_connections, transaction

from accounts import services
from accounts.models import User
from accounts.sessions import SessionStore
from accounts.views import BACKEND
from config.bridge import environ
from config.pages import Pages

TOKEN = "a" * 32  # of a form: the same in cookie and header is a token that fits
PIECES = 50  # of a download that are read


@dataclass(frozen=True)
class Request:
    """What a client sends. path: as it stands in the request line, percent signs and all."""

    path: bytes
    method: str = "GET"
    query: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""


@dataclass
class Answer:
    """What it gets."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""


def send(pages: Pages, request: Request) -> Answer:
    """The answer; what the request changed is taken back."""
    answer = Answer()
    scope = {
        "scheme": "http",
        "http_version": "1.1",
        "server": ("testserver", 80),
        "client": ("127.0.0.1", 12345),
        "method": request.method,
        "raw_path": request.path,
        "query_string": request.query,
        "headers": request.headers,
    }

    def start(status: str, headers: list[tuple[str, str]], _: object = None) -> None:
        answer.status = int(status[:3])
        answer.headers = {name.lower(): text for name, text in headers}
        "".join(name + text for name, text in headers).encode("latin-1")  # as the bridge does

    with connection_kept(), transaction.atomic():
        response: Any = pages(environ(scope, BytesIO(request.body)), start)
        if not getattr(response, "is_async", False):
            answer.content = b"".join(islice(response, PIECES))
        response.close()
        transaction.set_rollback(True)
    return answer


@contextmanager
def connection_kept() -> Iterator[None]:
    """Leave the connection of the test open, whatever its age."""
    both = (signals.request_started, signals.request_finished)
    for signal in both:
        signal.disconnect(close_old_connections)
    yield
    for signal in both:
        signal.connect(close_old_connections)


def signed_in(user: User | None, *, api: bool) -> tuple[tuple[bytes, bytes], ...]:
    """The headers of a client that is signed in as `user` and has a page's form before it."""
    form = ((b"cookie", f"csrftoken={TOKEN}".encode()), (b"x-csrftoken", TOKEN.encode()))
    if user is None:
        return form
    if api:
        _, secret = services.create_api_token(user=user, name="wire", scope="write")
        return ((b"authorization", f"Bearer {secret}".encode()),)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return (*form, (b"cookie", f"sessionid={session.session_key}".encode()))
