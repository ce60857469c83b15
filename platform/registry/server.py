"""The server behind the store's URL: a file system of fsspec's, whose errors are made one.

fsspec and what it needs for the protocol are loaded when the store is first used.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from core.errors import RondoError, StoreUnreachableError
from registry.store import shown
from training.contract import disk
from training.contract.manifest import ManifestError

# Of a file that are under way at once. One of 50 MB takes 180 MB of memory while it goes up.
PARTS = 2
INSTALL = "pip install 'rondo-rlhf[s3]', or fsspec and what it needs for this protocol"


class CutError(Exception):
    """A transfer was given up on request."""


_leave: ContextVar[Callable[[], bool]] = ContextVar("leave", default=lambda: False)


@contextmanager
def leaving_when(leave: Callable[[], bool]) -> Iterator[None]:
    """Give up transfers with CutError as soon as `leave` says so, be it within a file."""
    token = _leave.set(leave)
    try:
        yield
    finally:
        _leave.reset(token)


def system() -> Any:
    """The file system of the store, as fsspec has it."""
    return _connect(settings.STORE_URL)[0]


def path(uri: str, name: str = "") -> str:
    """Where `name` of the folder at `uri` lies on it."""
    root: str = _connect(settings.STORE_URL)[1]
    return "/".join(part for part in (root.rstrip("/"), uri, name) if part)


@cache
def _connect(url: str) -> tuple[Any, str]:
    """The file system of `url`, and the path on it."""
    try:
        import fsspec  # noqa: PLC0415  a tenth of a second, with s3fs a whole one

        found: tuple[Any, str] = fsspec.core.url_to_fs(url, **_options(url))
    except (ImportError, ValueError) as error:
        raise unusable(f"{error} ({INSTALL})") from error
    return found


def _options(url: str) -> dict[str, Any]:
    """No listing is remembered: other machines write too."""
    plain: dict[str, Any] = {"use_listings_cache": False}
    match urlsplit(url).scheme:
        case "file" | "local":
            return plain | {"auto_mkdir": True}
        case "s3" | "s3a":
            given = {name: value for name, value in settings.STORE_KEYS.items() if value}
            patience = {"connect_timeout": 5, "read_timeout": 60, "retries": {"max_attempts": 1}}
            region = {"region_name": settings.STORE_REGION}
            size = {"max_concurrency": PARTS, "default_block_size": 2**24}
            return plain | given | size | {"config_kwargs": patience, "client_kwargs": region}
        case _:
            return plain


def watch() -> Any:
    """A callback of fsspec's, called between the parts of a file."""
    from fsspec.callbacks import Callback  # noqa: PLC0415

    leave = _leave.get()

    class Watch(Callback):  # type: ignore[misc]  # fsspec is not typed
        def relative_update(self, inc: int = 1) -> None:
            super().relative_update(inc)
            if leave():
                raise CutError

    if leave():
        raise CutError
    return Watch()


@contextmanager
def reaching() -> Iterator[None]:
    """Whatever a library says of a server that it cannot use becomes one error."""
    try:
        yield
    except (RondoError, CutError, FileNotFoundError, ManifestError):
        raise
    except Exception as error:
        if disk.is_no_space(error):
            raise
        raise unusable(f"{type(error).__name__}: {error}") from error


def unusable(reason: str) -> StoreUnreachableError:
    """The error, for people who run the server."""
    message = _(
        "The artifact store %(store)s cannot be used: %(reason)s. See whether its server answers"
        " and whether RONDO_ARTIFACTS and the AWS_… settings are right; until then what needs it"
        " waits."
    )
    return StoreUnreachableError(message % {"store": shown(""), "reason": reason.rstrip(".")})
