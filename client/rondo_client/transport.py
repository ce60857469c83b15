"""Requests with a token, sent again where that is safe, and answers read or refused."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from itertools import count
from typing import Any

import httpx

from rondo_client.errors import AnswerError, RondoError, UnreachableError, error_of
from rondo_client.retrying import Retrying, retry_after
from rondo_client.uploads import Form
from rondo_client.version import VERSION

BASE = "/api/v1"
# Done twice it is two: so it has a key, by which the server knows that it has done it already.
KEYED = {"POST"}


class Transport:
    """One server and one token. Close it, or use it in a `with`."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        timeout: float = 60.0,
        retrying: Retrying | None = None,
        http: httpx.BaseTransport | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self.retrying = retrying or Retrying()
        self._http = httpx.Client(
            base_url=self.url,
            headers={
                "Authorization": f"Bearer {token}",
                "User-Agent": f"rondo-client/{VERSION}",
                "Accept": "application/json, */*;q=0.5",
            },
            timeout=httpx.Timeout(timeout, connect=10.0),
            follow_redirects=False,  # a token goes to no other address
            transport=http,
        )

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        form: Form | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """The answer, read whole. form: files, which are read anew for each try."""
        asked = self._asked(method, path, params=params, json=json, form=form, headers=headers)
        return self._send(asked, whole=True)

    def json(self, method: str, path: str, **given: Any) -> Any:
        """The JSON of the answer; None where it has no content."""
        response = self.request(method, path, **given)
        if not response.content:
            return None
        try:
            return response.json()
        except ValueError as error:
            raise AnswerError(
                f"{path} answered with something other than JSON: is {self.url} a Rondo server?"
            ) from error

    @contextmanager
    def open(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        form: Form | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[httpx.Response]:
        """An answer whose body is still to be read; what is refused is raised as its error."""
        asked = self._asked(method, path, params=params, json=json, form=form, headers=headers)
        response = self._send(asked, whole=False)
        try:
            yield response
        finally:
            response.close()

    def _asked(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None,
        json: Any,
        form: Form | None,
        headers: Mapping[str, str] | None,
    ) -> Callable[[], httpx.Request]:
        """What makes the request, for each try anew, with one key for all of them."""
        sent = {**(form.headers if form else {}), **(headers or {})}
        if method in KEYED:
            sent.setdefault("Idempotency-Key", str(uuid.uuid4()))

        def request() -> httpx.Request:
            return self._http.build_request(
                method,
                f"{BASE}{path}",
                params=_query(params or {}),
                json=json,
                content=form.pieces() if form else None,
                headers=sent,
            )

        return request

    def _send(self, request: Callable[[], httpx.Request], *, whole: bool) -> httpx.Response:
        """The answer to the request, made anew for each try. whole: its body is read as well."""
        for tried in count(1):
            response, failure = self._try(request(), whole=whole)
            if failure is None and response is not None:
                return response
            wait = self.retrying.wait_after(tried, response)
            if wait is None:
                break
            self.retrying.sleep(wait)
        assert failure is not None
        raise failure

    def _try(
        self, request: httpx.Request, *, whole: bool
    ) -> tuple[httpx.Response | None, RondoError | None]:
        """What came back, if anything did, and why it is no answer."""
        try:
            response = self._http.send(request, stream=True)
            is_good = response.status_code < 300
            if whole or not is_good:
                response.read()
            if is_good:
                return response, None
        except httpx.TransportError as error:
            failure = UnreachableError(
                f"{self.url} does not answer ({str(error) or type(error).__name__}):"
                " see that the address is right and that the server runs."
            )
            failure.__cause__ = error
            return None, failure
        return response, self._refused(response)

    def _refused(self, response: httpx.Response) -> RondoError:
        if response.is_redirect:
            to = response.headers.get("Location", "")
            return AnswerError(
                f"{self.url} sends requests on to {to}: give that address, without what follows"
                " the host, as the server's."
            )
        return error_of(response, retry_after=retry_after(response))


def _query(params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that were given, as an address has them."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in params.items()
        if value is not None
    }
