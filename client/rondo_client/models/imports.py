"""Models of imports. Written by scripts/client from the server's OpenAPI."""

from datetime import datetime

from rondo_client.base import Received


class BadRow(Received):
    """A row that was left out. line: its line or row; column: null where all of it is meant."""

    line: int
    column: int | None
    message: str


class Finding(Received):
    """What was found in a file. count: how many lines or rows; lines: the first 20 of them."""

    check: str
    count: int
    lines: list[int]


class ImportMade(Received):
    """What came with a file. rows: its good rows; known: prompts that were there already.

    beyond: prompts that are left out, of users who have as many as the project takes; rubrics:
    known prompts that have the file's rubric now. health: what was found in its rows. errors: the
    first of its bad rows, which are left out; errors_left_out: how many more.
    """

    format: str
    rows: int
    created: int
    known: int
    beyond: int
    rubrics: int
    labels: int
    health: list[Finding]
    errors: list[BadRow]
    errors_left_out: int


class Import(Received):
    """One file of which something was stored. rows: its prompts; created, labels: those new."""

    id: int
    name: str
    form: str
    format: str
    rows: int
    created: int
    labels: int
    health: list[Finding]
    imported_by: str
    created_at: datetime
    undone_at: datetime | None
