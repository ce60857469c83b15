"""The client: one server, one token, the nouns of its API."""

from types import TracebackType
from typing import Self

import httpx

from rondo_client.nouns import Nouns
from rondo_client.retrying import Retrying
from rondo_client.settings import find_login
from rondo_client.transport import Transport


class Client(Nouns):
    """A Rondo server. Without url and token: RONDO_URL and RONDO_TOKEN, or what `rondo login` kept.

    timeout: seconds without a word from the server. retrying: how often and when a request is sent
    again. http: in place of a network, for tests.
    """

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        *,
        timeout: float = 60.0,
        retrying: Retrying | None = None,
        http: httpx.BaseTransport | None = None,
    ) -> None:
        login = find_login(url, token)
        self._transport = Transport(
            login.url, login.token, timeout=timeout, retrying=retrying, http=http
        )
        self.url = login.url
        super().__init__(self._transport)

    def close(self) -> None:
        """Give the connections back."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
