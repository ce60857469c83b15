"""PPO on a language model with a per-token KL penalty, to be read from top to bottom.

The algorithm is InstructGPT's (IG, 2203.02155, sec. 3.5 and C.4) with the details of Ziegler et al.
2019 and of "The N implementation details of RLHF with PPO" (N). A step: complete some prompts,
score each completion with the reward model, charge the KL to the reference per token, estimate
advantages with a critic of its own, and take clipped policy and value steps on minibatches.

Nothing random has a state: order and samples follow from (seed, step, row), so a run that is killed
and goes on from a checkpoint ends bit-equal to one that was not. Shapes: see `training.rows`.
"""

import copy
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from training import losses
from training.artifacts import newest_verified, write_checkpoint, write_folder
from training.chat import Chat
from training.errors import BadInputError, DivergedError, StoppedError
from training.folder import JobFolder, main
from training.models import load_policy, save_model
from training.processes import (
    Alone,
    Sums,
    any_of,
    averages,
    in_turn,
    permutation,
    seed_of,
    start,
    sum_gradients,
)
from training.reward_model import RewardModel
from training.rows import (
    Rows,
    check_layers,
    freeze_lower,
    last_states,
    lower_states,
    same_lower,
    share_lower,
    trained,
)
from training.sampling import Request, Sample, Sampling, sample
from training.spec import PPOSpec
from training.state import State

# A minibatch whose policy is further than this from the one that sampled ends the step's updates.
MAX_APPROX_KL = 0.02 * 1.5
GRADIENT_CLIP = 1.0
# Before the first update of a step the policy is the one that sampled: ratio 1, and in step 0 KL 0.
OFF_POLICY = 1e-5
# The sampler runs token by token with a cache, and rounds differently.
SAMPLER_GAP = 1e-2
SHOWN_SAMPLES = 4
PHASES = ("seconds_generate", "seconds_score", "seconds_keep", "seconds_update")
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
    by_length = index[rows.lengths[index].argsort(stable=True)]
    return iter(by_length.split(size)) if len(index) else iter(())


# One step


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
    """
    mask = rows.response_mask()
    width = mask.shape[1]
    logprobs, ref_logprobs, entropy, values = torch.zeros(4, *mask.shape, device=mask.device)
    scores = torch.zeros(len(rows), device=mask.device)
    for minibatch in minibatches(spec, processes, step=step, epoch=0):
        for index in micro_batches(rows, minibatch, spec.micro_batch_size):
            part = rows.select(index)
            tokens, where = part.response_tokens(), part.response_mask(width)

            def spread(packed: Tensor, where: Tensor = where) -> Tensor:
                return torch.zeros(where.shape, device=where.device).masked_scatter(where, packed)

            logits = networks.policy.logits(part)
            logprobs[index] = spread(
                losses.token_logprobs(logits, tokens, temperature=spec.temperature)
            )
            entropy[index] = spread(losses.token_entropy(logits, temperature=spec.temperature))
            logits = networks.reference.logits(part)
            ref_logprobs[index] = spread(
                losses.token_logprobs(logits, tokens, temperature=spec.temperature)
            )
            values[index] = spread(networks.critic.values(part))
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
) -> dict[str, float]:
    """Accumulate the gradients of one minibatch, each token of it with the same weight."""
    width = experience.mask.shape[1]
    count = processes.sum(experience.mask[minibatch].sum())
    sums = dict.fromkeys(MEANS, torch.zeros((), dtype=torch.float64))
    ratio_max = deviation = torch.zeros(())
    for index in micro_batches(experience.rows, minibatch, spec.micro_batch_size):
        part = experience.rows.select(index)
        where = part.response_mask(width)
        logprobs = losses.token_logprobs(
            networks.policy.logits(part), part.response_tokens(), temperature=spec.temperature
        )
        old_logprobs = experience.logprobs[index][where]
        policy_loss, clipped, ratio = losses.policy_loss(
            logprobs, old_logprobs, experience.advantages[index][where], clip_range=spec.clip_range
        )
        (policy_loss.sum() / count).backward()
        value_loss, value_clipped = losses.value_loss(
            networks.critic.values(part),
            experience.values[index][where],
            experience.returns[index][where],
            clip_range=spec.value_clip_range,
        )
        (spec.value_coef * value_loss.sum() / count).backward()
        added = {
            "policy_loss": policy_loss,
            "value_loss": value_loss,
            "approx_kl": losses.kl_k3(old_logprobs, logprobs),
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
        one = minibatch_gradients(networks, experience, minibatch, spec=spec, processes=processes)
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


# The run: models from folders, rollouts from the policy, checkpoints


@dataclass(frozen=True)
class Prompt:
    prompt_id: Any
    text: str  # of the last turn, to be shown
    ids: list[int]


@dataclass(frozen=True)
class Rollouts:
    """The completions of one step that this process holds, in the order of `rows_of`."""

    prompts: list[Prompt]
    rows: Rows
    finished: Tensor  # (B,) bool
    logprobs: Tensor  # (B, T), as the sampler saw them


@dataclass
class Run:
    """One PPO run in a job folder: what lasts from step to step."""

    folder: JobFolder
    spec: PPOSpec
    chat: Chat
    networks: Networks
    optimisers: Optimisers
    processes: Alone
    prompts: list[Prompt]
    shown: list[Prompt]
    ema: dict[str, Tensor]
    kl_coef: float
    stats: dict[str, float]

    @classmethod
    def of(cls, folder: JobFolder, spec: PPOSpec) -> "Run":
        processes = start()
        model, chat = load_policy(spec.policy, dtype=torch.float32)
        reward, reward_chat = RewardModel.load(spec.reward_model)
        if reward_chat.template_hash != chat.template_hash:
            raise BadInputError("policy and reward model write conversations differently")
        networks = make_networks(model, reward, frozen_layers=spec.frozen_layers)
        room = model.config.max_position_embeddings - spec.max_new_tokens
        return cls(
            folder=folder,
            spec=spec,
            chat=chat,
            networks=networks,
            optimisers=Optimisers.of(networks, spec),
            processes=processes,
            prompts=read_prompts(folder, "prompts", chat, room=room),
            shown=read_prompts(folder, "samples", chat, room=room)[:SHOWN_SAMPLES],
            ema={name: p.detach().clone() for name, p in trained(networks.policy).items()},
            kl_coef=spec.kl_coef,
            stats={},
        )

    @property
    def state(self) -> State:
        return State(
            modules={"policy": self.networks.policy, "critic": self.networks.critic},
            optimisers={"policy": self.optimisers.policy, "critic": self.optimisers.critic},
            tensors={"ema": self.ema},
        )

    def resume(self) -> int:
        """The step to go on with: that of the newest good checkpoint, or 0."""
        with in_turn(self.processes):
            found = newest_verified(self.folder.checkpoints, on_skip=self.folder.warn)
        if found is None:
            return 0
        numbers = self.state.load(found)
        self.kl_coef, self.stats = numbers["kl_coef"], numbers["stats"]
        self.folder.log(f"going on after step {numbers['step']}")
        return int(numbers["step"])

    def write_checkpoint(self, step: int) -> None:
        """Write what the run is before `step`."""
        if self.folder.is_main and not (self.folder.checkpoints / f"step-{step}").exists():
            state, numbers = self.state, {"kl_coef": self.kl_coef, "stats": self.stats}
            write_checkpoint(
                self.folder.checkpoints, step, lambda to: state.save(to, step=step, **numbers)
            )
        self.processes.wait()

    def leave_if_asked(self, step: int) -> None:
        if any_of(self.processes, self.folder.stop_requested):
            self.write_checkpoint(step)
            raise StoppedError(f"stopped on request before step {step + 1}, checkpoint written")

    def prompt_of(self, step: int, row: int) -> Prompt:
        """The data cursor: all prompts in a random order, then all again in another."""
        turn, place = divmod(step * self.spec.batch_size + row, len(self.prompts))
        order = permutation(len(self.prompts), self.spec.seed, "prompts", turn)
        return self.prompts[int(order[place])]

    def roll_out(self, step: int) -> Rollouts:
        """Complete this process's prompts of `step`, as the policy is."""
        held = rows_of(self.spec, self.processes, step=step)
        prompts = [self.prompt_of(step, row) for row in held]
        samples = self.complete(
            prompts, [seed_of(self.spec.seed, "rollout", step, row) for row in held]
        )
        rows = self.rows(prompts, samples)
        mask = rows.response_mask()
        logprobs = [logprob for one in samples for logprob in one.logprobs]
        return Rollouts(
            prompts=prompts,
            rows=rows,
            finished=torch.tensor([one.finished for one in samples], device=mask.device),
            logprobs=torch.zeros(mask.shape, device=mask.device).masked_scatter(
                mask, torch.tensor(logprobs, device=mask.device)
            ),
        )

    def complete(self, prompts: list[Prompt], seeds: list[int]) -> list[Sample]:
        """One completion of each prompt: plain sampling at the spec's temperature, nothing cut."""
        samples = sample(
            self.networks.policy.model,
            [Request(prompt.ids, [one]) for prompt, one in zip(prompts, seeds, strict=True)],
            sampling=Sampling(
                max_new_tokens=self.spec.max_new_tokens,
                temperature=self.spec.temperature,
                top_p=1.0,
            ),
            eos_id=self.chat.eos_id,
            pad_id=self.chat.pad_id,
        )
        return [one for (one,) in samples]

    @torch.no_grad()
    def rows(self, prompts: list[Prompt], samples: list[Sample]) -> Rows:
        """Prompts with their completions, and the states of the frozen layers if there are any."""
        backbone = self.networks.policy.model.base_model
        rows = Rows.of(
            [prompt.ids for prompt in prompts],
            [one.ids for one in samples],
            pad_id=self.chat.pad_id,
            device=backbone.embed_tokens.weight.device,
        )
        if not self.spec.frozen_layers:
            return rows
        states = torch.zeros(*rows.ids.shape, backbone.config.hidden_size, device=rows.ids.device)
        for index in micro_batches(rows, torch.arange(len(rows)), self.spec.micro_batch_size):
            part = rows.select(index)
            states[index, : part.ids.shape[1]] = lower_states(
                backbone, part.ids, frozen_layers=self.spec.frozen_layers
            )
        return rows.with_states(states)

    @torch.no_grad()
    def show(self, step: int, rollouts: Rollouts, experience: Experience) -> None:
        """Events for the run page: held-out prompts completed now, or some of the rollouts."""
        if self.shown:
            prompts = self.shown
            samples = self.complete(
                prompts, [seed_of(self.spec.seed, "shown", place) for place in range(len(prompts))]
            )
            texts = [one.ids for one in samples]
            scores = self.networks.scorer.scores(self.rows(prompts, samples)).tolist()
        else:
            prompts = rollouts.prompts[:SHOWN_SAMPLES]
            rows = rollouts.rows
            texts = [
                rows.ids[place, rows.prompt_lengths[place] : rows.lengths[place]].tolist()
                for place in range(len(prompts))
            ]
            scores = experience.scores[:SHOWN_SAMPLES].tolist()
        self.folder.sample(
            step,
            [
                {
                    "prompt_id": prompt.prompt_id,
                    "prompt": prompt.text,
                    "text": self.chat.decode(ids),
                    "reward": score,
                }
                for prompt, ids, score in zip(prompts, texts, scores, strict=True)
            ],
        )

    @torch.no_grad()
    def average(self, step: int) -> None:
        """Move the deployed average towards the policy.

        The decay grows to the spec's: with 0.992 from the start, a run of fifty steps would deploy
        two thirds of the model that it began with.
        """
        decay = min(self.spec.ema_decay, (1 + step) / (10 + step))
        for name, parameter in trained(self.networks.policy).items():
            self.ema[name].lerp_(parameter.detach(), 1 - decay)

    def adapt_kl_coef(self) -> None:
        if self.spec.kl_target:
            self.kl_coef = losses.adapted_kl_coef(
                self.kl_coef,
                self.stats["kl"],
                target=self.spec.kl_target,
                horizon=self.spec.kl_horizon,
                rollouts=self.spec.batch_size,
            )

    @torch.no_grad()
    def finish(self) -> None:
        """Save the average as the model; DivergedError when it is not finite."""
        if not all(tensor.isfinite().all() for tensor in self.ema.values()):
            raise DivergedError("the policy has parameters that are not finite")
        for name, parameter in trained(self.networks.policy).items():
            parameter.copy_(self.ema[name])
        if self.folder.is_main:
            model = self.networks.policy.model
            write_folder(self.folder.model, lambda to: save_model(to, model, self.chat))
        self.folder.result(
            {"steps": self.spec.steps, "template_hash": self.chat.template_hash, **self.stats}
        )
        self.processes.wait()


def read_prompts(folder: JobFolder, name: str, chat: Chat, *, room: int) -> list[Prompt]:
    """The prompts of data/<name>.parquet that leave room for a completion; the others are counted.

    samples may be missing. BadInputError when no prompt is left to train on.
    """
    if name == "samples" and not (folder.path / "data/samples.parquet").exists():
        return []
    prompts = [
        Prompt(row["prompt_id"], row["messages"][-1]["content"], chat.prompt(row["messages"]))
        for row in folder.read_parquet(f"data/{name}.parquet")
    ]
    short = [prompt for prompt in prompts if len(prompt.ids) <= room]
    if len(short) < len(prompts):
        folder.warn(f"{len(prompts) - len(short)} of {len(prompts)} {name} are too long, dropped")
    if not short and name == "prompts":
        raise BadInputError("no prompt to train on")
    return short


def check_sampler(rollouts: Rollouts, experience: Experience) -> None:
    """What sampled must be what is trained: a generation setting unknown to us would part them."""
    gap = float((rollouts.logprobs - experience.logprobs).abs().max())
    if gap > SAMPLER_GAP:
        raise RuntimeError(f"the sampler's log-probabilities differ by {gap} from the policy's")


def stage(folder: JobFolder) -> None:
    """Train for `spec.steps` steps; model/ gets the policy's moving average."""
    spec = folder.spec(PPOSpec)
    run = Run.of(folder, spec)
    first = run.resume()
    for step in range(first, spec.steps):
        folder.progress(step, spec.steps, phase="ppo")
        clock = [time.monotonic()]
        run.leave_if_asked(step)
        rollouts = run.roll_out(step)
        clock.append(time.monotonic())
        run.leave_if_asked(step)
        experience = gather_experience(
            run.networks,
            rollouts.rows,
            rollouts.finished,
            spec=spec,
            step=step,
            kl_coef=run.kl_coef,
            processes=run.processes,
        )
        stats = describe(experience, kl_coef=run.kl_coef, processes=run.processes)
        check_health(stats, step=step, spec=spec)
        check_sampler(rollouts, experience)
        clock.append(time.monotonic())
        run.leave_if_asked(step)
        # Only a policy whose own samples have just proven sane is kept.
        if step > first and step % spec.checkpoint_every == 0:
            run.write_checkpoint(step)
        if step % spec.sample_every == 0:
            run.show(step, rollouts, experience)
        clock.append(time.monotonic())
        stats |= update(
            run.networks, run.optimisers, experience, spec=spec, step=step, processes=run.processes
        )
        clock.append(time.monotonic())
        phases = dict(
            zip(PHASES, (after - before for before, after in pairwise(clock)), strict=True)
        )
        run.stats = {**stats, "kl_coef": run.kl_coef, **phases}
        run.average(step)
        run.adapt_kl_coef()
        folder.metric(step + 1, run.stats)
    folder.progress(spec.steps, spec.steps, phase="ppo")
    run.finish()


if __name__ == "__main__":
    main(stage)
