"""Models of verdict. Written by scripts/client from the server's OpenAPI."""

from datetime import datetime
from typing import Any

from rondo_client.base import Received
from rondo_client.models.shared import ModelPart


class Pair(Received):
    """What is said of two versions, the newer one against the older.

    ask: further prompts that it takes. figures: `prompts`, `votes`, `rate`, the share that the
    newer one won, and so on.
    """

    older: ModelPart
    newer: ModelPart
    ask: int
    figures: dict[str, Any]


class VerdictFigures(Received):
    """pairs: by people's votes; rankings: by labels that mixed models, which are no votes.

    computed_at: null before the first figures; new votes are counted within a minute.
    """

    pairs: list[Pair]
    rankings: list[Pair]
    effect: float
    computed_at: datetime | None
