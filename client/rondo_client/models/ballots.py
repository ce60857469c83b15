"""Models of ballots. Written by scripts/client from the server's OpenAPI."""

from datetime import datetime

from rondo_client.base import Received
from rondo_client.models.shared import ModelPart


class Ballot(Received):
    """What people were asked. votes: on each prompt. effect: the smallest win rate worth having.

    questions: prompts that were asked about; awaited: those whose texts are being written.
    """

    id: int
    models: list[ModelPart]
    votes: int
    effect: float
    is_judged: bool
    questions: int
    awaited: int
    asked_by: str
    asked_at: datetime
    closed_at: datetime | None
