"""Reading settings from the environment: once, and loudly when they are wrong."""

import math
import os
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, *, default: str | None = None) -> str:
    """The value of `name`; ImproperlyConfigured when it is neither set nor has a default.

    Set to nothing is not set: docker-compose hands on what its `.env` leaves out as "".
    """
    value = os.environ.get(name) or default
    if value is None:
        raise ImproperlyConfigured(
            f"{name} is not set: README.md says what it means. `make demo` sets it, while it runs."
        )
    return value


def number(name: str, *, default: float, least: float = 0) -> float:
    """A number that is at least `least`."""
    value = text(name, default=str(default))
    try:
        found = float(value)
    except ValueError:
        found = math.nan
    if not least <= found < math.inf:
        raise ImproperlyConfigured(f"{name}={value!r}: write a number, {least:g} or more")
    return found


def whole(name: str, *, default: int, least: int = 0) -> int:
    """A whole number that is at least `least`."""
    found = number(name, default=default, least=least)
    if found != int(found):
        raise ImproperlyConfigured(f"{name}={found}: write a whole number")
    return int(found)


def one_of(name: str, choices: Iterable[str], *, default: str) -> str:
    """One of a few words."""
    value = text(name, default=default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name}={value!r}: write one of {', '.join(choices)}")
    return value


def flag(name: str, *, default: bool) -> bool:
    """True or False, written exactly so (`"False"` must never count as true)."""
    value = text(name, default=str(default))
    if value not in {"True", "False"}:
        raise ImproperlyConfigured(f"{name}={value!r}: write True or False")
    return value == "True"


def words(name: str, *, default: str) -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in text(name, default=default).split(",") if word.strip()]


def some_of(name: str, choices: Iterable[str]) -> list[str]:
    """A comma-separated list of a few words; none by default."""
    found = words(name, default="")
    if wrong := [word for word in found if word not in choices]:
        raise ImproperlyConfigured(f"{name}={wrong[0]!r}: write any of {', '.join(choices)}")
    return found


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """A comma-separated list of networks, as in `10.0.0.0/8,127.0.0.1/32`; none by default."""
    try:
        return [ip_network(word) for word in words(name, default="")]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: write networks as 10.0.0.0/8 ({error})") from error


IDLE_MILLISECONDS = 600_000


def database(url: str) -> dict[str, Any]:
    """DATABASES entry of a `postgresql://` URL; a host may be a socket folder, URL-quoted."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"DATABASE_URL: postgresql://… is needed, not {parts.scheme}://")
    return {
        "ENGINE": "core.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # A process frozen within a transaction would keep its locks for ever, and whoever takes
        # over its job would wait for them. Taking over a large model may be silent for minutes.
        "OPTIONS": {
            "options": f"-c idle_in_transaction_session_timeout={IDLE_MILLISECONDS}",
            # Of a machine that is gone nobody hears: connections to it end after a minute.
            "connect_timeout": 3,
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
            "tcp_user_timeout": 60_000,
        },
    }


def read_file(path: Path) -> None:
    """Take `NAME=value` lines of `path` into the environment where they are not set yet."""
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        name, separator, value = line.partition("=")
        if separator and not name.lstrip().startswith("#"):
            os.environ.setdefault(name.strip(), value.strip())
