"""Models of notices. Written by scripts/client from the server's OpenAPI."""

from datetime import datetime

from rondo_client.base import Received


class Notice(Received):
    """One thing that you are told. link: the path of the page that it leads to."""

    id: int
    event: str
    text: str
    link: str
    seen_at: datetime | None
    created_at: datetime
