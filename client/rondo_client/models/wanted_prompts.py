"""Models of wanted prompts. Written by scripts/client from the server's OpenAPI."""

from datetime import datetime

from rondo_client.base import Received


class Wanted(Received):
    """So many prompts that a manager asks for. form: plain, few_shot or user_based."""

    id: int
    form: str
    use_case: str
    description: str
    instruction: str
    language: str
    number: int
    accepted: int
    waiting: int
    heldout_percent: int
    is_open: bool
    created_at: datetime
