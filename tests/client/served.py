"""The real web application as what a client talks with, without a network."""

from collections.abc import Iterator

import httpx
from django.http import StreamingHttpResponse
from django.test import Client as Browser

from accounts import services
from accounts.models import User
from rondo_client import Client
from rondo_client.retrying import Retrying


class Pieces(httpx.SyncByteStream):
    """A body that is read as it is made."""

    def __init__(self, response: StreamingHttpResponse) -> None:
        self.response = response

    def __iter__(self) -> Iterator[bytes]:
        yield from self.response.streaming_content  # type: ignore[misc]


class Served(httpx.BaseTransport):
    """Django's test client behind httpx."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        given = {n: v for n, v in request.headers.items() if n not in {"host", "content-type"}}
        response = Browser(raise_request_exception=False).generic(
            request.method,
            request.url.raw_path.decode(),
            request.content,
            content_type=request.headers.get("Content-Type", "application/octet-stream"),
            headers=given,
        )
        headers = list(response.headers.items())
        if isinstance(response, StreamingHttpResponse):
            return httpx.Response(response.status_code, headers=headers, stream=Pieces(response))
        return httpx.Response(response.status_code, headers=headers, content=response.content)


def client_of(user: User, *, scope: str = "write") -> Client:
    """A client with a token of `user`."""
    secret = services.create_api_token(user=user, name="test", scope=scope)[1]
    return Client("http://testserver", secret, http=Served(), retrying=Retrying(tries=1))
