"""Models of shared. Written by scripts/client from the server's OpenAPI."""

from datetime import datetime
from typing import Any

from rondo_client.base import Received


class ShownText(Received):
    """A text to be judged. Who wrote it is not said."""

    id: int
    text: str


class Assignment(Received):
    """A task in somebody's hands.

    messages: what a model was given, or is to be answered. texts: in the order of this person.
    settings: of the kind, as the task was opened with. lease_seconds: how long it is reserved; what
    has no lease waits for ever. A draft is saved over `draft_version`. client_key: an answer that
    is sent again with it is the same answer.
    """

    id: int
    kind: str
    state: str
    messages: list[dict[str, Any]]
    texts: list[ShownText]
    rubric: list[dict[str, Any]]
    settings: dict[str, Any] | None
    content_warning: bool
    is_correction: bool
    is_decision: bool
    has_lease: bool
    lease_seconds: int
    draft: dict[str, Any] | None
    draft_version: int
    active_seconds: int
    client_key: str
    guideline_version: int


class OwnAnswer(Received):
    """An answer, to the person who gave it. It never changes: a correction is another answer."""

    id: int
    kind: str
    answer: dict[str, Any]
    concerns: list[str]
    comment: str
    standing: str
    active_seconds: int
    guideline_version: int
    revises: int | None
    may_correct: bool
    created_at: datetime


class Proposal(Received):
    """A prompt that somebody wrote. written: its parts; messages: what a model is asked.

    reason: why it was returned. prompt: the id of what it has become.
    """

    id: int
    wanted: int
    form: str
    author: int
    author_name: str
    state: str
    draft: dict[str, Any] | None
    draft_version: int
    written: dict[str, Any]
    messages: list[dict[str, Any]]
    language: str
    use_case: str
    reason: str
    prompt: int | None
    revises: int | None
    created_at: datetime
    submitted_at: datetime | None


class Review(Received):
    """What someone said of an answer, or did about it."""

    id: int
    answer: int
    verb: str
    text: str
    by: str
    created_at: datetime
