"""Models of imports. Written by scripts/client from the server's OpenAPI."""

from datetime import datetime

from rondo_client.base import Received


class Finding(Received):
    """What was found in a file. count: how many lines or rows; lines: the first 20 of them."""

    check: str
    count: int
    lines: list[int]


class Import(Received):
    """One file whose prompts were stored. rows: its prompts; created: those that were new."""

    id: int
    name: str
    form: str
    rows: int
    created: int
    health: list[Finding]
    imported_by: str
    created_at: datetime
    undone_at: datetime | None
