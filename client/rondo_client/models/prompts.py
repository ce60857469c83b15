"""Models of prompts. Written by scripts/client from the server's OpenAPI."""

from datetime import datetime
from typing import Any

from rondo_client.base import Received


class Prompt(Received):
    """A prompt. given: JSON of messages and tools, where they are more than roles and texts."""

    id: int
    messages: list[dict[str, Any]]
    given: str
    language: str
    use_case: str
    split: str
    source: str
    group: str
    metadata: dict[str, Any]
    content_warning: bool
    rubric: list[dict[str, Any]]
    rubric_seal: str
    is_withdrawn: bool
    created_at: datetime


class PromptRestored(Received):
    """withdrawn_tasks: those of the prompt that the queue may open again."""

    withdrawn_tasks: int


class PromptsAdded(Received):
    """known: how many the project had already. rubrics: of these, those that got the rubric."""

    created: int
    known: int
    rubrics: int
