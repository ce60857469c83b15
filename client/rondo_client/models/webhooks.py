"""Models of webhooks. Written by scripts/client from the server's OpenAPI."""

from datetime import datetime
from typing import Literal

from rondo_client.base import Received


class WebhookAttempt(Received):
    """A try. status: of HTTP, null where there was no answer; answer: how it begins."""

    at: datetime
    status: int | None
    problem: str
    answer: str
    milliseconds: int


class WebhookMade(Received):
    """A new one. secret: what its messages are verified with, told this once."""

    id: int
    url: str
    events: list[str]
    off: Literal["", "asked", "failing", "gone"]
    failing_since: datetime | None
    created_at: datetime
    secret: str


class WebhookMessage(Received):
    """An event on its way to this webhook. due_at: the next try, null unless it waits."""

    id: int
    webhook_id: str
    event: str
    state: Literal["waiting", "delivered", "failed"]
    due_at: datetime | None
    created_at: datetime
    attempts: list[WebhookAttempt]


class Webhook(Received):
    """A server that is told of events. off: why nothing is sent there, "" where it is on."""

    id: int
    url: str
    events: list[str]
    off: Literal["", "asked", "failing", "gone"]
    failing_since: datetime | None
    created_at: datetime


class WebhookReplayed(Received):
    """How many messages are sent again."""

    messages: int


class WebhookSecret(Received):
    """What messages are verified with, told this once."""

    secret: str
