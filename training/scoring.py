"""What a reward model says of texts, in batches of like length."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import torch
from torch import Tensor

from training.rankings import Ranking, batches_by_tokens
from training.reward_model import RewardModel
from training.rows import Rows

BATCH_TOKENS = 4096  # padded tokens of rankings at a time


class Ranker(Protocol):
    def raw_rankings(self, rankings: Sequence[Ranking], *, pad_id: int) -> Tensor:
        """(M,): a reward for each completion, ranking after ranking."""


@torch.no_grad()
def raw_rewards(model: Ranker, rankings: Sequence[Ranking], *, pad_id: int) -> list[list[float]]:
    """Raw rewards of each ranking's completions; one that it has twice is read once."""
    texts = [list(dict.fromkeys(map(tuple, one.completions))) for one in rankings]
    read = [
        replace(one, completions=[list(text) for text in own], tiers=[])
        for one, own in zip(rankings, texts, strict=True)
    ]
    rewards: list[dict[tuple[int, ...], float]] = [{} for _ in rankings]
    for places in batches_by_tokens(read, tokens=BATCH_TOKENS):
        part = [read[place] for place in places]
        scores = model.raw_rankings(part, pad_id=pad_id)
        parts = scores.split([len(one.completions) for one in part])
        for place, own in zip(places, parts, strict=True):
            rewards[place] = dict(zip(texts[place], own.tolist(), strict=True))
    return [
        [known[tuple(text)] for text in one.completions]
        for one, known in zip(rankings, rewards, strict=True)
    ]


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
