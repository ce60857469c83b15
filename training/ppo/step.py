"""PPO on a language model with a per-token KL penalty, to be read from top to bottom.

The algorithm is InstructGPT's (IG, 2203.02155, sec. 3.5 and C.4) with the details of Ziegler et al.
2019 and of "The N implementation details of RLHF with PPO" (N). A step has a batch of completions:
score each with the reward model, charge the KL to the reference per token, estimate advantages with
a critic of its own, and take clipped policy and value steps on minibatches. `training.ppo.trainer`
is the run around it: sampling, checkpoints, the log.

Nothing random has a state: the order of rows follows from (seed, step). Shapes: `training.rows`.
"""

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from training import losses
from training.errors import DivergedError
from training.ppo.spec import PPOSpec
from training.processes import Alone, Sums, averages, permutation, sum_gradients
from training.reward_model import RewardModel
from training.rows import (
    Rows,
    check_layers,
    freeze_lower,
    last_states,
    same_lower,
    share_lower,
    trained,
)

# A minibatch whose policy is further than this from the one that sampled ends the step's updates.
MAX_APPROX_KL = 0.02 * 1.5
GRADIENT_CLIP = 1.0
# Before the first update of a step the policy is the one that sampled: ratio 1, and in step 0 KL 0.
OFF_POLICY = 1e-5
# What an update logs as a mean over tokens.
MEANS = (
    "policy_loss",
    "value_loss",
    "approx_kl",
    "clip_fraction",
    "value_clip_fraction",
    "ratio_mean",
)


class Actor(Protocol):
    def logits(self, rows: Rows) -> Tensor:
        """(N, V): what predicts each response token."""


class Critic(Protocol):
    def values(self, rows: Rows) -> Tensor:
        """(N,): the expected score before each response token."""


class Scorer(Protocol):
    def scores(self, rows: Rows) -> Tensor:
        """(B,)."""


@dataclass(frozen=True)
class Networks:
    """The reference is what the policy starts as; the critic starts as the scorer."""

    policy: Any  # an Actor and nn.Module
    reference: Actor
    critic: Any  # a Critic and nn.Module
    scorer: Scorer


class Policy(nn.Module):
    """A causal language model, its lowest layers frozen or not; the head runs on responses only."""

    def __init__(self, model: Any, *, frozen_layers: int = 0) -> None:
        super().__init__()
        self.model = model
        self.frozen_layers = frozen_layers

    def logits(self, rows: Rows) -> Tensor:
        states = last_states(
            self.model.base_model, rows.ids, frozen_layers=self.frozen_layers, states=rows.states
        )
        logits: Tensor = self.model.get_output_embeddings()(states[rows.predicting()])
        return logits


def twin(module: Any) -> Any:
    """A copy that shares the frozen parameters and has its own of the others."""
    shared = {id(p): p for p in module.parameters() if not p.requires_grad}
    return copy.deepcopy(module, shared)


# Who takes which rows


def minibatches(spec: PPOSpec, processes: Alone, *, step: int, epoch: int) -> list[Tensor]:
    """This process's share of each minibatch, as positions among the rows that it holds."""
    held = {int(row): place for place, row in enumerate(rows_of(spec, processes, step=step))}
    order = permutation(spec.batch_size, spec.seed, "minibatches", step, epoch).tolist()
    return [
        torch.tensor(
            [held[row] for row in order[first : first + spec.minibatch_size] if row in held]
        ).long()
        for first in range(0, spec.batch_size, spec.minibatch_size)
    ]


def all_minibatches(spec: PPOSpec, processes: Alone, *, step: int) -> Iterator[Tensor]:
    for epoch in range(spec.inner_epochs):
        yield from minibatches(spec, processes, step=step, epoch=epoch)


def rows_of(spec: PPOSpec, processes: Alone, *, step: int) -> list[int]:
    """The rows of the batch that this process holds: its even share of each first minibatch."""
    order = permutation(spec.batch_size, spec.seed, "minibatches", step, 0).tolist()
    return sorted(
        row
        for place, row in enumerate(order)
        if place % spec.minibatch_size % processes.count == processes.rank
    )


def micro_batches(rows: Rows, index: Tensor, size: int) -> Iterator[Tensor]:
    """`index` cut into parts of at most `size` rows of like length, so that little is padding."""
    # The index lies on the CPU; rows may lie elsewhere, where what is on the CPU cannot be indexed.
    by_length = index[rows.lengths[index].argsort(stable=True).to(index.device)]
    return iter(by_length.split(size)) if len(index) else iter(())


# One step


@dataclass(frozen=True)
class Forward:
    """What policy and critic say of a micro-batch, (N,) each, with the graph to go back through."""

    logprobs: Tensor
    values: Tensor


def forward_pass(networks: Networks, part: Rows, *, spec: PPOSpec) -> tuple[Forward, Tensor]:
    """Policy and critic over `part`; the logits too, (N, V), for the entropy."""
    logits = networks.policy.logits(part)
    logprobs = losses.token_logprobs(logits, part.response_tokens(), temperature=spec.temperature)
    return Forward(logprobs, networks.critic.values(part)), logits


@dataclass(frozen=True)
class Experience:
    """What the step's rollouts are worth; all (B, T) but `scores`, (B,)."""

    rows: Rows
    finished: Tensor  # (B,) bool: ended by the stop token
    mask: Tensor
    logprobs: Tensor
    ref_logprobs: Tensor
    entropy: Tensor
    values: Tensor
    scores: Tensor
    rewards: Tensor
    advantages: Tensor
    returns: Tensor
    forward: Forward | None  # of the first minibatch


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
    """Run all four networks over the rollouts, in the micro-batches of the first update epoch.

    The same micro-batches give the same rounding, so the first ratios of the update are exactly 1.
    Where the first minibatch is one micro-batch its graph is kept, and it is not run twice; but not
    in step 0, in which the ratios are to prove that two runs agree.
    """
    mask = rows.response_mask()
    width = mask.shape[1]
    logprobs, ref_logprobs, entropy, values = torch.zeros(4, *mask.shape, device=mask.device)
    scores = torch.zeros(len(rows), device=mask.device)
    kept = None
    for number, minibatch in enumerate(minibatches(spec, processes, step=step, epoch=0)):
        keep = step > 0 and number == 0 and len(minibatch) <= spec.micro_batch_size
        for index in micro_batches(rows, minibatch, spec.micro_batch_size):
            part = rows.select(index)
            where = part.response_mask(width)

            def spread(packed: Tensor, where: Tensor = where) -> Tensor:
                return torch.zeros(where.shape, device=where.device).masked_scatter(where, packed)

            with torch.set_grad_enabled(keep):
                forward, logits = forward_pass(networks, part, spec=spec)
            kept = forward if keep else kept
            logprobs[index] = spread(forward.logprobs)
            values[index] = spread(forward.values)
            entropy[index] = spread(losses.token_entropy(logits, temperature=spec.temperature))
            logits = networks.reference.logits(part)
            ref_logprobs[index] = spread(
                losses.token_logprobs(logits, part.response_tokens(), temperature=spec.temperature)
            )
            scores[index] = networks.scorer.scores(part)
    scored = torch.where(finished, scores, scores.clamp(max=spec.no_eos_score))
    rewards = losses.token_rewards(scored, logprobs, ref_logprobs, mask, kl_coef=kl_coef)
    advantages, returns = losses.gae(rewards, values, mask, gamma=spec.gamma, lam=spec.gae_lambda)
    return Experience(
        rows=rows,
        finished=finished,
        mask=mask,
        logprobs=logprobs,
        ref_logprobs=ref_logprobs,
        entropy=entropy,
        values=values,
        scores=scored,
        rewards=rewards,
        advantages=losses.whiten(advantages, mask, total=processes.sum),
        returns=returns,
        forward=kept,
    )


def describe(experience: Experience, *, kl_coef: float, processes: Alone) -> dict[str, float]:
    """Means over the whole batch, for the log. KL: nats a response, entropy: nats a token."""
    count, tokens = len(experience.rows), experience.mask.sum()
    k1 = (losses.kl_k1(experience.logprobs, experience.ref_logprobs) * experience.mask).sum()
    k3 = (losses.kl_k3(experience.logprobs, experience.ref_logprobs) * experience.mask).sum()
    sums: Sums = {
        "score": (experience.scores.sum(), count),
        "objective": (experience.scores.sum() - kl_coef * k1, count),
        "kl": (k1, count),
        "kl_k3": (k3, count),
        "entropy": (experience.entropy.sum(), tokens),
        "eos_rate": (experience.finished.sum(), count),
        "length": (tokens, count),
    }
    variance = losses.explained_variance(
        experience.values, experience.returns, experience.mask, total=processes.sum
    )
    return {**averages(processes, sums), "explained_variance": float(variance)}


def check_health(stats: dict[str, float], *, step: int, spec: PPOSpec) -> None:
    """DivergedError when the KL is not finite or has exploded; a KL in step 0 is a bug of ours."""
    if not abs(stats["kl"]) <= spec.max_kl:
        raise DivergedError(
            f"KL of {stats['kl']:.1f} nats a response in step {step}, {spec.max_kl} allowed"
        )
    if step == 0 and stats["kl_k3"] > OFF_POLICY:
        raise RuntimeError(f"the policy is not its reference in step 0: KL {stats['kl_k3']}")


@dataclass(frozen=True)
class Optimisers:
    policy: torch.optim.Optimizer
    critic: torch.optim.Optimizer

    @classmethod
    def of(cls, networks: Networks, spec: PPOSpec) -> "Optimisers":
        def adam(module: nn.Module, rate: float) -> torch.optim.Optimizer:
            parameters = list(trained(module).values())
            return torch.optim.Adam(parameters, lr=rate, betas=(0.9, 0.95), eps=1e-5, fused=True)

        return cls(
            adam(networks.policy, spec.learning_rate),
            adam(networks.critic, spec.value_learning_rate),
        )

    def warm_up(self, spec: PPOSpec, step: int) -> float:
        """Set this step's learning rates; the policy's."""
        share = min(1.0, (step + 1) / max(spec.warmup_steps, 1))
        self.policy.param_groups[0]["lr"] = share * spec.learning_rate
        self.critic.param_groups[0]["lr"] = share * spec.value_learning_rate
        return share * spec.learning_rate


def minibatch_gradients(
    networks: Networks,
    experience: Experience,
    minibatch: Tensor,
    *,
    spec: PPOSpec,
    processes: Alone,
    forward: Forward | None = None,
) -> dict[str, float]:
    """Accumulate the gradients of one minibatch, each token of it with the same weight.

    `forward` is what gather_experience kept of it, where it did.
    """
    width = experience.mask.shape[1]
    count = processes.sum(experience.mask[minibatch].sum())
    sums = dict.fromkeys(MEANS, torch.zeros((), dtype=torch.float64))
    ratio_max = deviation = torch.zeros(())
    for index in micro_batches(experience.rows, minibatch, spec.micro_batch_size):
        part = experience.rows.select(index)
        where = part.response_mask(width)
        ours = forward or forward_pass(networks, part, spec=spec)[0]
        old_logprobs = experience.logprobs[index][where]
        policy_loss, clipped, ratio = losses.policy_loss(
            ours.logprobs,
            old_logprobs,
            experience.advantages[index][where],
            clip_range=spec.clip_range,
        )
        (policy_loss.sum() / count).backward()
        value_loss, value_clipped = losses.value_loss(
            ours.values,
            experience.values[index][where],
            experience.returns[index][where],
            clip_range=spec.value_clip_range,
        )
        (spec.value_coef * value_loss.sum() / count).backward()
        added = {
            "policy_loss": policy_loss,
            "value_loss": value_loss,
            "approx_kl": losses.kl_k3(old_logprobs, ours.logprobs),
            "clip_fraction": clipped,
            "value_clip_fraction": value_clipped,
            "ratio_mean": ratio,
        }
        sums = {name: sums[name] + added[name].detach().sum().double().cpu() for name in sums}
        ratio_max = torch.maximum(ratio_max, ratio.max().cpu())
        deviation = torch.maximum(deviation, (ratio - 1).abs().max().cpu())
    tokens = experience.mask[minibatch].sum()
    return {
        **averages(processes, {name: (value, tokens) for name, value in sums.items()}),
        "ratio_max": float(processes.max(ratio_max)),
        "deviation": float(processes.max(deviation)),
    }


def check_minibatch(stats: dict[str, float], *, first: bool, step: int) -> None:
    """DivergedError when a loss is not finite; before the first update of a step ratios are 1."""
    if not math.isfinite(stats["policy_loss"] + stats["value_loss"]):
        raise DivergedError(f"the loss is not finite in step {step}")
    if first and stats["deviation"] > OFF_POLICY:
        raise RuntimeError(f"step {step} begins off-policy: a ratio is {stats['deviation']} from 1")


def descend(optimiser: torch.optim.Optimizer, processes: Alone) -> float:
    """Sum the gradients of all processes, clip, step; the norm before clipping."""
    parameters = [parameter for group in optimiser.param_groups for parameter in group["params"]]
    sum_gradients(processes, parameters)
    norm = float(nn.utils.clip_grad_norm_(parameters, GRADIENT_CLIP))
    if not math.isfinite(norm):
        raise DivergedError("a gradient is not finite")
    optimiser.step()
    optimiser.zero_grad()
    return norm


def update(
    networks: Networks,
    optimisers: Optimisers,
    experience: Experience,
    *,
    spec: PPOSpec,
    step: int,
    processes: Alone,
) -> dict[str, float]:
    """Take the step's updates, minibatch after minibatch; their mean statistics."""
    rate = optimisers.warm_up(spec, step)
    stats: list[dict[str, float]] = []
    updates = 0
    for minibatch in all_minibatches(spec, processes, step=step):
        one = minibatch_gradients(
            networks,
            experience,
            minibatch,
            spec=spec,
            processes=processes,
            forward=None if stats else experience.forward,
        )
        check_minibatch(one, first=not stats, step=step)
        stats.append(one)
        if one["approx_kl"] > MAX_APPROX_KL:  # too far: drop this minibatch and the rest
            optimisers.policy.zero_grad()
            optimisers.critic.zero_grad()
            break
        one["policy_gradient"] = descend(optimisers.policy, processes)
        one["value_gradient"] = descend(optimisers.critic, processes)
        updates += 1
    means = {name: sum(one[name] for one in stats) / len(stats) for name in MEANS}
    return {
        **means,
        "ratio_max": max(one["ratio_max"] for one in stats),
        "policy_gradient": stats[0]["policy_gradient"],
        "value_gradient": stats[0]["value_gradient"],
        "updates": updates,
        "learning_rate": rate,
    }


def make_networks(model: Any, reward: RewardModel, *, frozen_layers: int) -> Networks:
    """Policy, reference, critic and scorer, which share the lower layers where those are equal."""
    policy = Policy(model, frozen_layers=frozen_layers)
    check_layers(model.base_model, frozen_layers=frozen_layers)
    freeze_lower(model.base_model, frozen_layers)
    reward.frozen_layers = frozen_layers
    if frozen_layers and same_lower(model.base_model, reward.backbone, frozen_layers):
        share_lower(model.base_model, reward.backbone, frozen_layers)
        reward.reads_states = True
    freeze_lower(reward.backbone, frozen_layers)
    critic = twin(reward)
    return Networks(
        policy=policy,
        reference=twin(policy).requires_grad_(requires_grad=False),
        critic=critic,
        scorer=reward.requires_grad_(requires_grad=False),
    )
