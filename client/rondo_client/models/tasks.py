"""Models of tasks. Written by scripts/client from the server's OpenAPI."""

from datetime import datetime

from rondo_client.base import Received


class Text(Received):
    """A text that the task is about. Who wrote it is not said: people judge blind."""

    id: int
    text: str


class Task(Received):
    """One question to `overlap` people; `missing` of them nobody holds yet."""

    id: int
    kind: str
    state: str
    prompt: int
    completions: list[Text]
    round: int
    language: str
    overlap: int
    missing: int
    urgency: str
    is_chosen: bool
    created_at: datetime
