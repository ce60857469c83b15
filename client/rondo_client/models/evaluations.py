"""Models of evaluations. Written by scripts/client from the server's OpenAPI."""

from typing import Any

from rondo_client.base import Received
from rondo_client.models.shared import ModelPart


class Evaluation(Received):
    """Two models beside each other on held-out prompts. run: the one that measured it, by its id.

    reference: what the Kullback-Leibler divergence is measured from. metrics: the figures.
    """

    run: int
    round: int
    before: ModelPart
    after: ModelPart
    reference: ModelPart
    reward_model: ModelPart | None
    second_reward_model: ModelPart | None
    metrics: dict[str, Any]
