"""Models of imports. Written by scripts/client from the server's OpenAPI."""

from datetime import datetime
from typing import Literal

from rondo_client.base import Received


class BadRow(Received):
    """A bad row. line: which line of a text, or row of a table, from 1 on; column: null for all."""

    unit: Literal["line", "row"]
    line: int
    column: int | None
    message: str


class Finding(Received):
    """What was found in a file. count: how many lines or rows; lines: the first 20 of them."""

    check: str
    count: int
    lines: list[int]


class Import(Received):
    """One file: stored, or to be stored by a job. state: of the job; succeeded: it is stored.

    done, total: how many of its rows the job has come to, of how many; none of them is there before
    all are. error: why nothing is stored. good: its good rows; rows: its prompts, each once;
    created, labels: those new; known: prompts that were there already; alike: prompts that are left
    out, the same as another but for white space, case or Unicode form; beyond: those left out of
    users who have as many as the project takes; rubrics: known prompts that have the file's rubric
    now. health: what was found in its rows. errors: the first of its bad rows; errors_left_out: how
    many more.
    """

    id: int
    name: str
    state: Literal["waiting", "queued", "running", "succeeded", "failed", "cancelled"]
    job: int | None
    done: int
    total: int
    error: str
    form: str
    format: str
    good: int | None
    rows: int
    created: int
    known: int
    alike: int
    beyond: int
    rubrics: int
    labels: int
    health: list[Finding]
    errors: list[BadRow]
    errors_left_out: int
    imported_by: str
    created_at: datetime
    undone_at: datetime | None
