"""One message sent: to the address that was checked, within ten seconds, without redirects."""

import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx

from webhooks import targets
from webhooks.models import Problem

SECONDS = 10.0  # for name, connection, message and answer together
MOST = 64 * 1024  # bytes of an answer that are read
KEPT = 500  # characters of it that are kept
GONE = 410


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of it. status: None where there is a problem."""

    milliseconds: int
    status: int | None = None
    beginning: str = ""
    problem: str = ""

    @property
    def is_good(self) -> bool:
        """Whether the message has arrived."""
        return self.status is not None and 200 <= self.status < 300


class _Stream(httpcore.NetworkStream):
    """A stream whose reads and writes all end at one time: who drips does not hold us."""

    def __init__(self, stream: httpcore.NetworkStream, ends: float) -> None:
        self._stream, self._ends = stream, ends

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._ends))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._ends))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, _left(self._ends))
        return _Stream(secured, self._ends)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Checked(httpcore.NetworkBackend):
    """Connects to what the name leads to, if that is allowed; TLS and Host keep the name."""

    def __init__(self, *, is_plain: bool, ends: float) -> None:
        self._is_plain, self._ends = is_plain, ends

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        address = targets.resolve(host, port, is_plain=self._is_plain)
        tcp = httpcore.SyncBackend()
        stream = tcp.connect_tcp(str(address), port, timeout=_left(self._ends))
        return _Stream(stream, self._ends)


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise httpcore.TimeoutException
    return left


def post(url: str, body: str, headers: Mapping[str, str]) -> Answer:
    """Send `body`, and return what came of it, whatever that is."""
    begun = time.monotonic()
    try:
        found = _post(url, body, headers, ends=begun + SECONDS)
    except targets.ForbiddenAddressError:
        found = {"problem": Problem.FORBIDDEN}
    except (socket.gaierror, UnicodeError, httpx.InvalidURL):
        found = {"problem": Problem.UNRESOLVED}
    except (httpcore.TimeoutException, TimeoutError):
        found = {"problem": Problem.TIME_OUT}
    except httpcore.ProtocolError:
        found = {"problem": Problem.NOT_HTTP}
    except (httpcore.NetworkError, OSError) as error:
        found = {"problem": Problem.TLS if _is_tls(error) else Problem.UNREACHABLE}
    return Answer(milliseconds=round(1000 * (time.monotonic() - begun)), **found)


def _post(url: str, body: str, headers: Mapping[str, str], *, ends: float) -> dict[str, Any]:
    place = httpx.URL(url)
    is_plain = place.scheme == "http"
    target = httpcore.URL(
        scheme=place.raw_scheme, host=place.raw_host, port=place.port, target=place.raw_path
    )
    lines = [(name.encode(), value.encode()) for name, value in headers.items()]
    with (
        httpcore.ConnectionPool(
            ssl_context=None if is_plain else httpx.create_ssl_context(),
            network_backend=_Checked(is_plain=is_plain, ends=ends),
        ) as pool,
        pool.stream(
            "POST", target, headers=[(b"host", place.netloc), *lines], content=body.encode()
        ) as response,
    ):
        first = b""
        for chunk in response.iter_stream():
            first += chunk
            if len(first) >= MOST:
                break
        return {"status": response.status, "beginning": _readable(first[: 4 * KEPT])}


def _readable(raw: bytes) -> str:
    text = raw.decode("utf-8", errors="replace")
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)[:KEPT].strip()


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
