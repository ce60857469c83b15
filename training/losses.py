"""The mathematics of the reward model, of DPO and of PPO: pure functions of tensors, no models.

Shapes: B rollouts, T response tokens, right-padded; `mask` (B, T) is 1 on response tokens and
comes from lengths. Sources: InstructGPT (IG, 2203.02155), Ziegler et al. 2019 (Z, 1909.08593),
Schulman et al. 2016 (GAE, 1506.02438) and 2017 (PPO, 1707.06347), Rafailov et al. 2023 (DPO,
2305.18290), Schulman's note on k1 and k3 (joschu.net/blog/kl-approx). `total` adds a sum up over
the processes that share the batch.
"""

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

Tiers = Sequence[Sequence[int]]
Pair = tuple[int, int]
Total = Callable[[Tensor], Tensor]

# Beyond e^20 a ratio says nothing but "far"; the clamp keeps exp() and its gradient finite.
MAX_LOG_RATIO = 20.0
CACHED = 2**19  # logits that stay in a CPU's caches while they are worked on


def strict_pairs(tiers: Tiers) -> list[Pair]:
    """(better, worse) positions of each pair that the ranking orders; tiers are best first."""
    return [
        (better, worse)
        for upper, lower in combinations(tiers, 2)
        for better in upper
        for worse in lower
    ]


def tied_pairs(tiers: Tiers) -> list[Pair]:
    """Positions of each pair that shares a tier."""
    return [pair for tier in tiers for pair in combinations(tier, 2)]


def ranking_losses(
    rewards: Tensor,
    rankings: Sequence[Tiers],
    counts: Sequence[int],
    *,
    ties: str = "none",
    weights: Sequence[float] | None = None,
    smoothing: float = 0.0,
    offset: float = 0.0,
) -> Tensor:
    """Sum of the losses of several rankings, whose rewards, `counts` each, follow each other.

    The loss of one is the mean over its pairs (IG eq. 1): all strict pairs of a prompt are one
    example. ties="half" adds each tied pair with label 0.5. weights: of each ranking, as 2 eta - 1
    for a rater who is right with a chance of eta (Li and Yu 2014, 1411.4086, for votes). Opposite
    labels of weights v and w are together a soft label of v / (v + w). smoothing: the chance that a
    strict pair's label is wrong. offset: by how much a text has to score higher for each tier that
    it stands above another (ODPO, Amini et al. 2024, 2402.10571, eq. 8). ValueError for a ranking
    without a pair: it says nothing and must be skipped before.
    """
    left, right, shares, apart = [], [], [], []
    first = 0
    each = [1.0] * len(rankings) if weights is None else weights
    for tiers, count, weight in zip(rankings, counts, each, strict=True):
        strict = strict_pairs(tiers)
        tied = tied_pairs(tiers) if ties == "half" else []
        if not strict and not tied:
            raise ValueError("a ranking without a pair has no loss")
        share = weight / (len(strict) + len(tied))
        ordered = [(share, pair) for pair in strict]
        ordered += [(0.5 * share, pair) for a, b in tied for pair in ((a, b), (b, a))]
        tier_of = {place: number for number, tier in enumerate(tiers) for place in tier}
        for part, (better, worse) in ordered:
            left.append(first + better)
            right.append(first + worse)
            shares.append(part)
            apart.append(tier_of[worse] - tier_of[better])
        first += count
    margins = rewards[left] - rewards[right] - offset * rewards.new_tensor(apart)
    likely = (1 - smoothing) * F.logsigmoid(margins)
    if smoothing:
        likely = likely + smoothing * F.logsigmoid(-margins)
    return -(rewards.new_tensor(shares) * likely).sum()


def implicit_rewards(
    logprobs: Tensor, ref_logprobs: Tensor, *, beta: float, lengths: Tensor | None = None
) -> Tensor:
    """What a policy holds texts to be worth: beta * log(pi / pi_ref), up to a term of the prompt.

    `ranking_losses` of these is the loss of DPO (eq. 7), each ranking counted once. All are (M,);
    lengths: where the log-ratio is one a token (Lambert et al. 2024, 2411.15124, eq. 6).
    """
    log_ratios = logprobs - ref_logprobs
    return beta * (log_ratios if lengths is None else log_ratios / lengths)


def token_logprobs(logits: Tensor, tokens: Tensor, *, temperature: float) -> Tensor:
    """log softmax(logits / T) of each token. logits: (N, V); tokens and the result: (N,).

    Beside the logits only their gradient ever lies there as (N, V), made in one pass.
    """
    found: Tensor = _TokenLogprobs.apply(logits, tokens, temperature)  # type: ignore[no-untyped-call]
    return found


class _TokenLogprobs(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, logits: Tensor, tokens: Tensor, temperature: float) -> Tensor:
        sums = logits.new_empty(len(logits), dtype=_full(logits))
        for part, into in zip(_parts(logits), _parts(logits, sums), strict=True):
            torch.logsumexp(part.to(sums.dtype) / temperature, 1, out=into)
        ctx.save_for_backward(logits, tokens, sums)
        ctx.temperature = temperature
        picked = logits.gather(1, tokens[:, None])[:, 0]
        return picked.to(sums.dtype) / temperature - sums

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        logits, tokens, sums = ctx.saved_tensors
        scale = (gradient / ctx.temperature)[:, None]
        found = torch.empty_like(logits)
        parts = (_parts(logits, each) for each in (logits, found, sums[:, None], scale, tokens))
        for part, into, total, by, token in zip(*parts, strict=True):
            odds = (part.to(sums.dtype) / ctx.temperature).sub_(total).exp_().mul_(-by)
            into.copy_(odds.scatter_add_(1, token[:, None], by))
        return found, None, None


def _full(logits: Tensor) -> torch.dtype:
    return logits.dtype if logits.dtype == torch.float64 else torch.float32


def _parts(logits: Tensor, other: Tensor | None = None) -> Sequence[Tensor]:
    """Of `other`, with a row for each of the logits, what lies in a cache with their own part."""
    most = CACHED if logits.device.type == "cpu" else 64 * CACHED
    parts: Sequence[Tensor] = (logits if other is None else other).split(
        max(1, most // logits.shape[1])
    )
    return parts


def token_entropy(logits: Tensor, *, temperature: float) -> Tensor:
    """Entropy of softmax(logits / T) in nats, (N,); no second (N, V) is ever held."""
    parts = []
    for part in _parts(logits.detach()):
        logp = (part.float() / temperature).log_softmax(1)
        parts.append(-(logp.exp() * logp).sum(1))
    return torch.cat(parts) if parts else logits.new_zeros(0)


def kl_k1(logprobs: Tensor, ref_logprobs: Tensor) -> Tensor:
    """log pi - log pi_ref of sampled tokens: unbiased for KL(pi, pi_ref); the one in the reward."""
    return logprobs - ref_logprobs


def kl_k3(logprobs: Tensor, ref_logprobs: Tensor) -> Tensor:
    """exp(-k1) - 1 + k1: never negative, low variance; for logs only (as a reward it is biased)."""
    log_ratio = (ref_logprobs - logprobs).clamp(-MAX_LOG_RATIO, MAX_LOG_RATIO)
    return log_ratio.expm1() - log_ratio


def token_rewards(
    scores: Tensor,
    logprobs: Tensor,
    ref_logprobs: Tensor,
    mask: Tensor,
    *,
    kl_coef: float,
    clip: float = 10.0,
) -> Tensor:
    """Per-token KL penalty, with the reward model's score, clipped, on the last token (Z, sec. 2).

    scores: (B,); the rest and the result: (B, T). A row sums to clip(score) - kl_coef * sum of k1.
    """
    penalty = -kl_coef * kl_k1(logprobs, ref_logprobs) * mask
    last = mask.sum(1).long() - 1
    return penalty.scatter_add(1, last[:, None], scores.clamp(-clip, clip)[:, None]).detach()


def gae(
    rewards: Tensor, values: Tensor, mask: Tensor, *, gamma: float, lam: float
) -> tuple[Tensor, Tensor]:
    """Advantages and returns, (B, T), 0 outside the mask (GAE, eq. 16); V = 0 after the end."""
    rewards, values = rewards * mask, values * mask
    advantages = torch.zeros_like(rewards)
    next_value = next_advantage = rewards.new_zeros(len(rewards))
    for t in reversed(range(rewards.shape[1])):
        delta = rewards[:, t] + gamma * next_value - values[:, t]
        next_advantage = (delta + gamma * lam * next_advantage) * mask[:, t]
        next_value = values[:, t]
        advantages[:, t] = next_advantage
    return advantages, (advantages + values) * mask


def identity(tensor: Tensor) -> Tensor:
    return tensor


def masked_mean(values: Tensor, mask: Tensor, *, total: Total = identity) -> Tensor:
    """Mean over the tokens of the mask, each token with the same weight."""
    return total((values * mask).sum()) / total(mask.sum())


def whiten(values: Tensor, mask: Tensor, *, total: Total = identity) -> Tensor:
    """Mean 0 and variance 1 over the tokens of the mask; 0 outside it."""
    centred = values - masked_mean(values, mask, total=total)
    variance = masked_mean(centred**2, mask, total=total)
    return centred * (variance + 1e-8).rsqrt() * mask


def leave_one_out(totals: Tensor, each: int) -> Tensor:
    """For each of `each` rollouts of a prompt, which follow each other, the others' mean; (B,).

    A baseline that the rollout has no part in, so that the gradient stays unbiased, and that needs
    no network (Kool et al. 2019, "Buy 4 REINFORCE samples, get a baseline for free"; RLOO, Ahmadian
    et al. 2024, 2402.14740).
    """
    groups = totals.view(-1, each)
    return ((groups.sum(1, keepdim=True) - groups) / (each - 1)).flatten()


def policy_loss(
    logprobs: Tensor, old_logprobs: Tensor, advantages: Tensor, *, clip_range: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Clipped surrogate (PPO, eq. 7) of each token, whether the clip binds, and the ratio."""
    log_ratio = (logprobs - old_logprobs).clamp(-MAX_LOG_RATIO, MAX_LOG_RATIO)
    ratio = log_ratio.exp()
    plain = -advantages * ratio
    clipped = -advantages * ratio.clamp(1 - clip_range, 1 + clip_range)
    return torch.maximum(plain, clipped), (clipped > plain).detach(), ratio.detach()


def value_loss(
    values: Tensor, old_values: Tensor, returns: Tensor, *, clip_range: float
) -> tuple[Tensor, Tensor]:
    """Clipped squared error of each token, halved, and whether the clip binds. Any shape."""
    near = old_values + (values - old_values).clamp(-clip_range, clip_range)
    plain, clipped = (values - returns) ** 2, (near - returns) ** 2
    return 0.5 * torch.maximum(plain, clipped), (clipped > plain).detach()


def adapted_kl_coef(
    kl_coef: float, kl: float, *, target: float, horizon: int, rollouts: int
) -> float:
    """The next coefficient of the proportional controller (Z, sec. 2.2). kl: nats a response.

    A batch of more than the horizon moves it no further than one of the horizon, by a fifth: in a
    run of one or two steps it would become 0 or less.
    """
    error = min(max(kl / target - 1.0, -0.2), 0.2)
    return kl_coef * (1.0 + error * min(rollouts / horizon, 1.0))


def explained_variance(
    values: Tensor, returns: Tensor, mask: Tensor, *, total: Total = identity
) -> Tensor:
    """1 - Var(returns - values) / Var(returns): 1 is perfect, 0 as good as a constant."""

    def variance(numbers: Tensor) -> Tensor:
        return masked_mean(
            (numbers - masked_mean(numbers, mask, total=total)) ** 2, mask, total=total
        )

    return 1.0 - variance(returns - values) / variance(returns).clamp_min(1e-8)
