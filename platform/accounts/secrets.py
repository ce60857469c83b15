"""Secrets that people carry: random, shown once, kept as a hash."""

import hashlib
import secrets

TOKEN_PREFIX = "rondo_"  # lets secret scanners find a leaked one
SHOWN = 12  # characters of an API token that lists may show


def new_link_token() -> str:
    """The token of a sign-in link: 256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def new_api_token() -> str:
    """An API token: the prefix and 256 random bits."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What the database keeps. A plain hash is enough where the secret is 256 random bits."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
