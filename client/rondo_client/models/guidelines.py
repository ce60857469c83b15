"""Models of guidelines. Written by scripts/client from the server's OpenAPI."""

from datetime import datetime

from rondo_client.base import Received


class Guidelines(Received):
    """One version: a text in Markdown, which never changes."""

    version: int
    text: str
    created_by: str
    created_at: datetime
