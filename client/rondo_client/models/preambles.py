"""Models of preambles. Written by scripts/client from the server's OpenAPI."""

from datetime import datetime

from rondo_client.base import Received


class Message(Received):
    """One message."""

    role: str
    content: str


class Preamble(Received):
    """One version: a system message or none, then exemplars as turns of user and assistant.

    The newest is the one that the next round is opened with.
    """

    version: int
    messages: list[Message]
    created_at: datetime
