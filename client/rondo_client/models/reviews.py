"""Models of reviews. Written by scripts/client from the server's OpenAPI."""

from rondo_client.base import Received


class Next(Received):
    """answer: the one to look at now, null where none is left. left: how many wait."""

    answer: int | None
    left: int
