"""What a reward model says of texts, in batches of like length."""

from collections.abc import Sequence
from typing import Any, Protocol

import torch
from torch import Tensor

from training.rankings import Packed, Ranking, batches_by_tokens, pack
from training.reward_model import RewardModel
from training.rows import Rows

BATCH_TOKENS = 4096  # padded tokens of rankings at a time


class Ranker(Protocol):
    def raw_packed(self, packed: Packed) -> Tensor:
        """(M,): a reward for each completion."""


def device_of(model: Any) -> torch.device:
    device: torch.device = next(model.parameters()).device
    return device


@torch.no_grad()
def raw_rewards(model: Ranker, rankings: Sequence[Ranking], *, pad_id: int) -> list[list[float]]:
    """Raw rewards of each ranking's completions."""
    rewards: list[list[float]] = [[] for _ in rankings]
    for places in batches_by_tokens(rankings, tokens=BATCH_TOKENS):
        packed = pack([rankings[place] for place in places], pad_id=pad_id, device=device_of(model))
        parts = model.raw_packed(packed).split(packed.counts)
        for place, part in zip(places, parts, strict=True):
            rewards[place] = part.tolist()
    return rewards


@torch.no_grad()
def score_tokens(
    model: RewardModel,
    prompts: list[list[int]],
    responses: list[list[int]],
    *,
    pad_id: int,
    batch_size: int = 32,
) -> list[float]:
    """Normalised score of each prompt with its response, in batches of like length."""
    order = sorted(range(len(prompts)), key=lambda i: len(prompts[i]) + len(responses[i]))
    scores = [0.0] * len(order)
    where = model.model.score.weight.device
    for first in range(0, len(order), batch_size):
        chosen = order[first : first + batch_size]
        rows = Rows.of(
            [prompts[i] for i in chosen],
            [responses[i] for i in chosen],
            pad_id=pad_id,
            device=where,
        )
        for i, score in zip(chosen, model.scores(rows).tolist(), strict=True):
            scores[i] = score
    return scores
