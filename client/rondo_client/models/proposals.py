"""Models of proposals. Written by scripts/client from the server's OpenAPI."""

from rondo_client.base import Received


class Accepted(Received):
    """accepted: their ids. known: still wait, as the project has them already.

    gone: how many were decided on meanwhile.
    """

    accepted: list[int]
    known: list[int]
    gone: int
