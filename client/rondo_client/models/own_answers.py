"""Models of own answers. Written by scripts/client from the server's OpenAPI."""

from rondo_client.base import Received


class Reopened(Received):
    """assignment: where the correction is submitted, with the answer as its draft."""

    assignment: int
