"""Models of answers. Written by scripts/client from the server's OpenAPI."""

from datetime import datetime
from typing import Any

from rondo_client.base import Received


class Flag(Received):
    """Why an answer deserves a look."""

    flag: str
    reason: str


class Answer(Received):
    """An answer, to reviewers. flags: what was found in the background; it decides nothing."""

    id: int
    task: int
    prompt: int
    annotator: int
    annotator_name: str
    kind: str
    purpose: str
    round: int
    language: str
    split: str
    is_chosen: bool
    answer: dict[str, Any]
    shown_order: list[int]
    concerns: list[str]
    comment: str
    standing: str
    active_seconds: int
    guideline_version: int
    revises: int | None
    flags: list[Flag]
    created_at: datetime
