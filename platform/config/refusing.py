"""Settings that would let strangers in: no process starts with them."""

import ipaddress
from collections.abc import Iterator
from urllib.parse import urlsplit

SHORTEST_KEY = 32
DISTINCT = 8  # characters; a key of 32 random hexadecimal ones has fewer once in many millions
# Begins of keys that are printed somewhere: in our own Dockerfile, and by Django's `startproject`.
PUBLISHED = ("only-for-the-build-", "django-insecure-")
# Names that no public resolver knows.
PRIVATE = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".intranet")


def reasons(
    *,
    secret_key: str,
    debug: bool,
    site_url: str,
    allowed_hosts: list[str],
    broker_url: str,
    email_backend: str,
    plain_http: bool,
) -> Iterator[str]:
    """Why Rondo should not start as it is set, each with what to write instead."""
    yield from _of_key(secret_key)
    scheme, host = urlsplit(site_url).scheme, urlsplit(site_url).hostname or ""
    if scheme not in {"http", "https"} or not host:
        yield f"SITE_URL={site_url}: write http:// or https:// and the host that people type"
    elif site_url != f"{scheme}://{urlsplit(site_url).netloc}" or "@" in site_url:
        yield (
            f"SITE_URL={site_url}: Rondo lives at the root of a host, not under a path of one. "
            "Give it a name of its own and write no more than that, as in "
            "https://rondo.example.org (docs/proxies.md)"
        )
    elif scheme == "http" and is_public(host) and not plain_http:
        yield (
            f"SITE_URL={site_url}: passwords would cross the internet in clear text. Put a proxy "
            "with TLS before Rondo and write https://; if the address is inside a network of your "
            "own, write ALLOW_PLAIN_HTTP=True"
        )
    if debug and not (scheme == "http" and is_loopback(host)):
        yield (
            "DEBUG=True shows tracebacks with their values to everybody: it is for "
            f"http://127.0.0.1, not for {site_url}"
        )
    for name in allowed_hosts:
        if (name == "*" and not debug) or (name.startswith(".") and "." not in name.strip(".")):
            yield f"ALLOWED_HOSTS={name} lets anybody forge links: name your hosts"
    broker = urlsplit(broker_url)
    if not broker.password and broker.hostname and not is_loopback(broker.hostname):
        yield (
            f"REDIS_URL has no password, and {broker.hostname} is another machine: whoever reaches "
            "it could start jobs. Set a password there and write redis://:password@host"
        )
    if email_backend.endswith(".console.EmailBackend") and not debug:
        yield (
            "EMAIL_BACKEND writes mails into the log, and with them links that sign people in. "
            "Leave it out: EMAIL_HOST names your mail server"
        )


def _of_key(key: str) -> Iterator[str]:
    make = "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
    if len(key) < SHORTEST_KEY:
        yield f"SECRET_KEY is too short, it needs {SHORTEST_KEY} random characters: {make}"
    elif key.startswith(PUBLISHED):
        yield f"SECRET_KEY is printed in a public file: {make}"
    elif len(set(key)) < DISTINCT or key in (key + key)[1:-1]:  # the latter: a part, repeated
        yield f"SECRET_KEY repeats itself and can be guessed: {make}"


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def is_public(host: str) -> bool:
    """Whether `host` may be reached over the internet."""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(PRIVATE)
