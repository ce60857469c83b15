"""What a step's rollouts are worth: scores, the KL charged per token, advantages and returns."""

from dataclasses import dataclass

import torch
from torch import Tensor

from training import losses
from training.contract.said import say
from training.errors import DivergedError
from training.ppo.batches import micro_batches, minibatches, whole_batch
from training.ppo.networks import Networks, policy_pass
from training.ppo.spec import PPOSpec
from training.processes import Alone, Sums, averages
from training.rows import Rows

# Before the first update of a step the policy is the one that sampled: ratio 1, and in step 0 KL 0.
OFF_POLICY, COARSE_OFF_POLICY = 1e-5, 1e-2  # in fp32 and in bf16


def off_policy(networks: Networks) -> float:
    """How far either may be from that."""
    return COARSE_OFF_POLICY if networks.coarse else OFF_POLICY


@dataclass(frozen=True)
class Experience:
    """What the step's rollouts are worth; all (B, T) but `scores`, (B,), and `judged`.

    judged: the scores as the reward model gave them, before what does not end is charged for it.
    values: the baseline, by the value network or by the other rollouts of the prompt.
    """

    rows: Rows
    finished: Tensor  # (B,) bool: ended by the stop token
    mask: Tensor
    logprobs: Tensor
    ref_logprobs: Tensor
    entropy: Tensor
    values: Tensor
    judged: Tensor
    scores: Tensor
    rewards: Tensor
    advantages: Tensor
    returns: Tensor


@torch.no_grad()
def gather_experience(
    networks: Networks,
    rows: Rows,
    finished: Tensor,
    *,
    spec: PPOSpec,
    step: int,
    kl_coef: float,
    processes: Alone,
) -> Experience:
    """Run all networks over the rollouts, in the micro-batches of the first update epoch.

    The same micro-batches give the same rounding, so the first ratios of the update are exactly 1.
    """
    mask = rows.response_mask()
    width = mask.shape[1]
    logprobs, ref_logprobs, entropy, values = torch.zeros(4, *mask.shape, device=mask.device)
    scores = torch.zeros(len(rows), device=mask.device)
    for minibatch in minibatches(spec, processes, step=step, epoch=0):
        for index in micro_batches(rows, minibatch, spec.micro_batch_size):
            part = rows.select(index)
            where = part.response_mask(width)

            def spread(packed: Tensor, where: Tensor = where) -> Tensor:
                return torch.zeros(where.shape, device=where.device).masked_scatter(where, packed)

            own, logits = policy_pass(networks, part, spec=spec)
            logprobs[index] = spread(own)
            guessed = networks.values(part)
            if guessed is not None:
                values[index] = spread(guessed)
            entropy[index] = spread(losses.token_entropy(logits, temperature=spec.temperature))
            logits = networks.reference.logits(part)
            ref_logprobs[index] = spread(
                losses.token_logprobs(logits, part.response_tokens(), temperature=spec.temperature)
            )
            scores[index] = networks.scorer.scores(part)
    mean = averages(processes, {"score": (scores.sum(), len(rows))})["score"]
    # Where all samples score below no_eos_score, it would take nothing off those that do not end.
    limit = spec.no_eos_score + min(mean, 0.0)
    scored = torch.where(finished, scores, scores.clamp(max=limit))
    rewards = losses.token_rewards(scored, logprobs, ref_logprobs, mask, kl_coef=kl_coef)
    # Values that are not known yet are not learned from: what comes of each token is (VC-PPO).
    lam = spec.gae_lambda if spec.has_values and spec.policy_learns(step) else 1.0
    if not spec.has_values:
        totals, held = whole_batch(rewards.sum(1), spec, processes, step=step)
        values = losses.leave_one_out(totals, spec.rollouts_per_prompt)[held, None] * mask
    advantages, returns = losses.gae(rewards, values, mask, gamma=spec.gamma, lam=lam)
    return Experience(
        rows=rows,
        finished=finished,
        mask=mask,
        logprobs=logprobs,
        ref_logprobs=ref_logprobs,
        entropy=entropy,
        values=values,
        judged=scores,
        scores=scored,
        rewards=rewards,
        advantages=losses.whiten(advantages, mask, total=processes.sum),
        returns=returns,
    )


def describe(
    experience: Experience, *, kl_coef: float, processes: Alone, has_values: bool = True
) -> dict[str, float]:
    """Means over the whole batch, for the log. KL: nats a response, entropy: nats a token.

    What values explain is told where there are some: other rollouts explain nothing of a token.
    """
    count, tokens = len(experience.rows), experience.mask.sum()
    k1 = (losses.kl_k1(experience.logprobs, experience.ref_logprobs) * experience.mask).sum()
    k3 = (losses.kl_k3(experience.logprobs, experience.ref_logprobs) * experience.mask).sum()
    sums: Sums = {
        "score": (experience.scores.sum(), count),
        "judged": (experience.judged.sum(), count),
        "objective": (experience.scores.sum() - kl_coef * k1, count),
        "kl": (k1, count),
        "kl_k3": (k3, count),
        "entropy": (experience.entropy.sum(), tokens),
        "eos_rate": (experience.finished.sum(), count),
        "length": (tokens, count),
    }
    found = averages(processes, sums)
    if has_values:
        variance = losses.explained_variance(
            experience.values, experience.returns, experience.mask, total=processes.sum
        )
        found["explained_variance"] = float(variance)
    return found


def check_health(
    stats: dict[str, float], *, step: int, spec: PPOSpec, limit: float = OFF_POLICY
) -> None:
    """DivergedError when the KL is not finite or has exploded; a KL in step 0 is a bug of ours."""
    if not abs(stats["kl"]) <= spec.max_kl:
        raise DivergedError(
            say(
                "KL of {kl} nats a response in step {step}, {max_kl} allowed",
                kl=f"{stats['kl']:.1f}",
                step=step,
                max_kl=spec.max_kl,
            )
        )
    if step == 0 and stats["kl_k3"] > limit:
        raise RuntimeError(f"the policy is not its reference in step 0: KL {stats['kl_k3']}")
