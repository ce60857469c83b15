"""Tokens are drawn from logits by one uniform number each."""

from collections.abc import Sequence

import torch
from torch import Tensor

from training.sampling.requests import Sampling


def draws(seeds: Sequence[int], count: int) -> Tensor:
    """Uniform numbers below 1, (rows, count), a row from each seed; made on the CPU."""
    rows = [torch.rand(count, generator=torch.Generator().manual_seed(seed)) for seed in seeds]
    return torch.stack(rows).clamp(max=1 - 1e-6)


def pick(logits: Tensor, uniforms: Tensor, sampling: Sampling) -> tuple[Tensor, Tensor]:
    """One token a row and its log-probability, each (B,). logits: (B, V); uniforms: (B,).

    The token is the first at which the distribution function passes the uniform number.
    """
    if sampling.temperature == 0:
        logprobs = torch.log_softmax(logits, dim=-1)
        best = logprobs.max(dim=-1)
        return best.indices, best.values
    warmed = logits / sampling.temperature
    logprobs = torch.log_softmax(warmed, dim=-1)
    # Not exp of these: on a CPU that takes many times as long for what is far below 0.
    weights = nucleus(torch.softmax(warmed, dim=-1), sampling.top_p)
    cdf = weights.cumsum(dim=-1)
    targets = (uniforms * cdf[:, -1])[:, None]
    tokens = torch.searchsorted(cdf, targets, right=True).clamp(max=logits.shape[-1] - 1)
    return tokens[:, 0], logprobs.gather(1, tokens)[:, 0]


def nucleus(probabilities: Tensor, top_p: float) -> Tensor:
    """`probabilities` (B, V) without those after the likeliest tokens that make up `top_p`."""
    if top_p >= 1:
        return probabilities
    ordered, order = probabilities.sort(dim=-1, descending=True)
    tail = ordered.cumsum(dim=-1) - ordered >= top_p
    return probabilities.masked_fill(torch.zeros_like(tail).scatter(1, order, tail), 0)
