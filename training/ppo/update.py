"""A step of PPO: clipped policy and value steps on minibatches, to be read from top to bottom.

The algorithm is InstructGPT's (IG, 2203.02155, sec. 3.5 and C.4) with the details of Ziegler et al.
2019 and of "The N implementation details of RLHF with PPO" (N). `training.ppo.rollouts` samples a
batch of completions, `training.ppo.experience` says what they are worth, `update` learns from them.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from training import losses
from training.contract.said import say
from training.errors import DivergedError
from training.ppo.batches import all_minibatches, micro_batches
from training.ppo.experience import Experience, off_policy
from training.ppo.networks import Networks, policy_pass
from training.ppo.ptx import Mixture, ptx_gradients
from training.ppo.spec import PPOSpec
from training.processes import Alone, averages, in_step
from training.rows import trained
from training.sharding import alike, sum_and_clip

# A minibatch whose policy is further than this from the one that sampled ends the step's updates.
MAX_APPROX_KL = 0.02 * 1.5
GRADIENT_CLIP = 1.0
GRADIENTS = ("policy_gradient", "value_gradient")  # logged as they are before the first update
# What an update logs as a mean over tokens; the second where there is a value network.
MEANS = ("policy_loss", "approx_kl", "clip_fraction", "ratio_mean")
VALUE_MEANS = ("value_loss", "value_clip_fraction")


@dataclass(frozen=True)
class Optimisers:
    """critic: none where there is no value network."""

    policy: torch.optim.Optimizer
    critic: torch.optim.Optimizer | None

    @classmethod
    def of(cls, networks: Networks, spec: PPOSpec) -> "Optimisers":
        def adam(module: nn.Module, rate: float) -> torch.optim.Optimizer:
            groups = [{"params": some} for some in alike(trained(module).values())]
            return torch.optim.Adam(groups, lr=rate, betas=(0.9, 0.95), eps=1e-5, fused=True)

        return cls(
            adam(networks.policy, spec.learning_rate),
            networks.critic and adam(networks.critic, spec.value_learning_rate),
        )

    def set_rates(self, spec: PPOSpec, step: int) -> float:
        """Set this step's learning rates; the policy's, 0 where it does not learn."""
        share = spec.share(step, first=spec.waiting_steps) if spec.policy_learns(step) else 0.0
        for group in self.policy.param_groups:
            group["lr"] = share * spec.learning_rate
        for group in self.critic.param_groups if self.critic else ():
            group["lr"] = spec.share(step) * spec.value_learning_rate
        return share * spec.learning_rate

    @property
    def by_name(self) -> dict[str, torch.optim.Optimizer]:
        """As `Networks.learners`."""
        both = {"policy": self.policy, "critic": self.critic}
        return {name: one for name, one in both.items() if one is not None}


def minibatch_gradients(
    networks: Networks,
    experience: Experience,
    minibatch: Tensor,
    *,
    spec: PPOSpec,
    processes: Alone,
    policy_learns: bool = True,
) -> dict[str, float]:
    """Accumulate the gradients of one minibatch, each token of it with the same weight.

    policy_learns: else it is what sampled, and only the value network's gradients are added.
    """
    width = experience.mask.shape[1]
    count = processes.sum(experience.mask[minibatch].sum())
    names = means_of(networks)
    sums = dict.fromkeys(names, torch.zeros((), dtype=torch.float64))
    ratio_max = deviation = torch.zeros(())
    parts = micro_batches(experience.rows, minibatch, spec.micro_batch_size)
    for index, counts_for in in_step(processes, parts, torch.arange(1)):
        share = 1.0 if counts_for else 0.0
        part = experience.rows.select(index)
        where = part.response_mask(width)
        old_logprobs = experience.logprobs[index][where]
        logprobs = policy_pass(networks, part, spec=spec)[0] if policy_learns else old_logprobs
        values = networks.values(part)
        policy_loss, clipped, ratio = losses.policy_loss(
            logprobs,
            old_logprobs,
            experience.advantages[index][where],
            clip_range=spec.clip_range,
        )
        if policy_learns:
            (share * policy_loss.sum() / count).backward()
        added = {
            "policy_loss": policy_loss,
            "approx_kl": losses.kl_k3(old_logprobs, logprobs),
            "clip_fraction": clipped,
            "ratio_mean": ratio,
        }
        if values is not None:
            value_loss, value_clipped = losses.value_loss(
                values,
                experience.values[index][where],
                experience.returns[index][where],
                clip_range=spec.value_clip_range,
            )
            (share * spec.value_coef * value_loss.sum() / count).backward()
            added |= {"value_loss": value_loss, "value_clip_fraction": value_clipped}
        if not counts_for:
            continue
        sums = {name: sums[name] + added[name].detach().sum().double().cpu() for name in sums}
        ratio_max = torch.maximum(ratio_max, ratio.max().cpu())
        deviation = torch.maximum(deviation, (ratio - 1).abs().max().cpu())
    tokens = experience.mask[minibatch].sum()
    return {
        **averages(processes, {name: (value, tokens) for name, value in sums.items()}),
        "ratio_max": float(processes.max(ratio_max)),
        "deviation": float(processes.max(deviation)),
    }


def means_of(networks: Networks) -> tuple[str, ...]:
    """What is logged as a mean over tokens."""
    return MEANS if networks.critic is None else (*MEANS, *VALUE_MEANS)


def check_minibatch(stats: dict[str, float], *, first: bool, step: int, limit: float) -> None:
    """DivergedError when a loss is not finite; before the first update of a step ratios are 1."""
    if not math.isfinite(stats["policy_loss"] + stats.get("value_loss", 0.0)):
        raise DivergedError(say("the loss is not finite in step {step}", step=step))
    if first and stats["deviation"] > limit:
        raise RuntimeError(f"step {step} begins off-policy: a ratio is {stats['deviation']} from 1")


def descend(optimiser: torch.optim.Optimizer, processes: Alone) -> float:
    """Sum the gradients of all processes, clip, step; the norm before clipping."""
    parameters = [parameter for group in optimiser.param_groups for parameter in group["params"]]
    norm = sum_and_clip(processes, parameters, most=GRADIENT_CLIP)
    if not math.isfinite(norm):
        raise DivergedError(say("a gradient is not finite"))
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
    mixture: Mixture | None = None,
) -> dict[str, float]:
    """Take the step's updates, minibatch after minibatch; their mean statistics.

    mixture: what the policy learns beside the rollouts (PPO-ptx).
    """
    rate = optimisers.set_rates(spec, step)
    learns = spec.policy_learns(step)
    stats: list[dict[str, float]] = []
    updates = 0
    for number, minibatch in enumerate(all_minibatches(spec, processes, step=step)):
        one = minibatch_gradients(
            networks, experience, minibatch, spec=spec, processes=processes, policy_learns=learns
        )
        if learns and mixture is not None:
            rows = mixture.rows(step, number, processes)
            one |= ptx_gradients(networks.policy, rows, spec=spec, processes=processes)
        check_minibatch(one, first=not stats, step=step, limit=off_policy(networks))
        stats.append(one)
        if one["approx_kl"] > MAX_APPROX_KL:  # too far: drop this minibatch and the rest
            for optimiser in optimisers.by_name.values():
                optimiser.zero_grad()
            break
        one["policy_gradient"] = descend(optimisers.policy, processes) if learns else 0.0
        if optimisers.critic:
            one["value_gradient"] = descend(optimisers.critic, processes)
        updates += 1
    names = [*means_of(networks), *(["ptx_loss"] if "ptx_loss" in stats[0] else [])]
    means = {name: sum(one[name] for one in stats) / len(stats) for name in names}
    return {
        **means,
        "ratio_max": max(one["ratio_max"] for one in stats),
        **{name: stats[0][name] for name in GRADIENTS if name in stats[0]},
        "updates": updates,
        "learning_rate": rate,
    }
