"""Stage ppo: the run around `training.ppo.step`, from models in folders to a model in a folder.

Prompts are completed by plain sampling, a policy is checked before it may be kept, and what is
deployed is a moving average. Nothing random has a state: prompts and samples follow from (seed,
step, row), so a run that is killed and goes on ends bit-equal to one that was not; on a CPU, since
CUDA's sums and attention gradients do not repeat to the bit.
"""

import time
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from training import losses
from training.artifacts import newest_verified, write_checkpoint, write_folder
from training.chat import Chat
from training.errors import BadInputError, DivergedError, StoppedError
from training.folder import JobFolder
from training.models import load_policy, save_model
from training.ppo.spec import PPOSpec
from training.ppo.step import (
    Experience,
    Networks,
    Optimisers,
    check_health,
    describe,
    gather_experience,
    make_networks,
    micro_batches,
    rows_of,
    update,
)
from training.processes import Alone, any_of, in_turn, permutation, require_share, seed_of, start
from training.reward_model import RewardModel
from training.rows import Rows, lower_states, trained
from training.sampling import Request, Sample, Sampling, sample
from training.state import State

# The sampler runs token by token with a cache, and rounds differently.
SAMPLER_GAP = 1e-2
SHOWN_SAMPLES = 4


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
class PPORun:
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
    def of(cls, folder: JobFolder, spec: PPOSpec) -> "PPORun":
        processes = start()
        require_share(spec.minibatch_size, processes.count)
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
            prompts=read_prompts(folder, spec, "prompts", chat, room=room),
            shown=read_prompts(folder, spec, "samples", chat, room=room)[:SHOWN_SAMPLES],
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
            prompts, [seed_of(self.spec.seed, "rollout", step, row) for row in held], step=step
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

    def experience(self, step: int) -> tuple[Rollouts, Experience, dict[str, float]]:
        """What the policy writes now, what that is worth, and its numbers, found to be sane."""
        began = time.monotonic()
        rollouts = self.roll_out(step)
        drawn = time.monotonic()
        self.leave_if_asked(step)
        experience = gather_experience(
            self.networks,
            rollouts.rows,
            rollouts.finished,
            spec=self.spec,
            step=step,
            kl_coef=self.kl_coef,
            processes=self.processes,
        )
        stats = describe(experience, kl_coef=self.kl_coef, processes=self.processes)
        check_health(stats, step=step, spec=self.spec)
        check_sampler(rollouts, experience)
        seconds = {"seconds_generate": drawn - began, "seconds_score": time.monotonic() - drawn}
        return rollouts, experience, {**stats, **seconds}

    def complete(self, prompts: list[Prompt], seeds: list[int], *, step: int) -> list[Sample]:
        """One completion of each prompt: plain sampling at the spec's temperature, nothing cut.

        A process that is alone leaves in the middle when it is asked to: up to the update the run
        is what it was before `step`. Several would have to agree on the token.
        """

        def check_stop() -> None:
            if self.processes.count == 1:
                self.leave_if_asked(step)

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
            check_stop=check_stop,
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
                prompts,
                [seed_of(self.spec.seed, "shown", place) for place in range(len(prompts))],
                step=step,
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
        """Save the average as the model, once a batch of its own has proven it sane.

        The result's numbers are those of that batch. DivergedError as in any step.
        """
        if not all(tensor.isfinite().all() for tensor in self.ema.values()):
            raise DivergedError("the policy has parameters that are not finite")
        for name, parameter in trained(self.networks.policy).items():
            parameter.copy_(self.ema[name])
        _, _, stats = self.experience(self.spec.steps)
        if self.folder.is_main:
            model = self.networks.policy.model
            write_folder(self.folder.model, lambda to: save_model(to, model, self.chat))
        numbers = {"steps": self.spec.steps, "template_hash": self.chat.template_hash}
        self.folder.result({**numbers, **self.stats, **stats})
        self.processes.wait()


def read_prompts(
    folder: JobFolder, spec: PPOSpec, name: str, chat: Chat, *, room: int
) -> list[Prompt]:
    """The prompts of one table that leave room for a completion; the others are counted.

    BadInputError when no prompt is left to train on.
    """
    prompts = [
        Prompt(row["prompt_id"], row["messages"][-1]["content"], chat.prompt(row["messages"]))
        for row in folder.read_table(spec, name)
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


def ppo(folder: JobFolder) -> None:
    """Train for `spec.steps` steps; model/ gets the policy's moving average."""
    spec = folder.spec(PPOSpec)
    run = PPORun.of(folder, spec)
    first = run.resume()
    for step in range(first, spec.steps):
        folder.progress(step, spec.steps, phase="ppo")
        run.leave_if_asked(step)
        rollouts, experience, stats = run.experience(step)
        began = time.monotonic()
        run.leave_if_asked(step)
        # Only a policy whose own samples have just proven sane is kept.
        if step > first and step % spec.checkpoint_every == 0:
            run.write_checkpoint(step)
        if step % spec.sample_every == 0:
            run.show(step, rollouts, experience)
        kept = time.monotonic()
        stats |= update(
            run.networks,
            run.optimisers,
            experience,
            spec=spec,
            step=step,
            processes=run.processes,
        )
        seconds = {"seconds_keep": kept - began, "seconds_update": time.monotonic() - kept}
        run.stats = {**stats, "kl_coef": run.kl_coef, **seconds}
        run.average(step)
        run.adapt_kl_coef()
        folder.metric(step + 1, run.stats)
    folder.progress(spec.steps, spec.steps, phase="ppo")
    run.finish()
