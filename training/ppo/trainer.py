"""Stage ppo: the run around `training.ppo.update`, from models in folders to a model in a folder.

Prompts are completed by plain sampling, a policy's own samples are checked before it is kept or
deployed, and what is deployed is a moving average. A stop may come before that check: what it keeps
is finite at least, is checked before the run goes on from it, and removed where it fails: a retry
then goes on from the checkpoint before, which was checked. Nothing random has a state:
prompts and samples follow from (seed, step, row), so a run that is killed and goes on ends
bit-equal to one that was not; on a CPU, since CUDA's sums and attention gradients do not repeat to
the bit.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from training import losses
from training.artifacts import write_folder
from training.chat import Chat
from training.contract.said import say
from training.errors import BadInputError, DivergedError
from training.folder import JobFolder
from training.kept import Kept
from training.models import dtype_in, load_policy, round_to, save_model
from training.ppo.experience import (
    Experience,
    check_health,
    describe,
    gather_experience,
    off_policy,
)
from training.ppo.networks import Networks
from training.ppo.ptx import Mixture
from training.ppo.rollouts import Prompt, Rollouts, Writer, read_prompts
from training.ppo.spec import PPOSpec
from training.ppo.update import Optimisers, update
from training.processes import Alone, any_of, loads_to, seed_of, share_of, start
from training.prompts import Dropped
from training.reward_model import RewardModel
from training.rows import trained
from training.sharding import local, require_nothing_frozen, whole
from training.state import State
from training.tuning import Tuning

SHOWN_SAMPLES = 4


@dataclass
class PPORun:
    """One PPO run in a job folder: what lasts from step to step."""

    folder: JobFolder
    spec: PPOSpec
    chat: Chat
    networks: Networks
    optimisers: Optimisers
    processes: Alone
    writer: Writer
    shown: list[Prompt]
    dropped: Dropped
    mixture: Mixture | None
    ema: dict[str, Tensor]
    kl_coef: float
    stats: dict[str, float]

    @classmethod
    def of(cls, folder: JobFolder, spec: PPOSpec) -> "PPORun":
        processes = start()
        share_of(spec.minibatch_size, processes.count)  # refused here if it is none
        require_nothing_frozen(processes, spec.frozen_layers)
        tuning = Tuning.of(spec, spec.policy)
        to = loads_to()
        model, chat = load_policy(spec.policy, dtype=tuning.weights, to=to)
        reward, reward_chat = RewardModel.load(
            spec.reward_model, tuning, beside=(spec.policy, model), to=to
        )
        if reward_chat.template_hash != chat.template_hash:
            raise BadInputError(say("policy and reward model write conversations differently"))
        networks = Networks.of(model, reward, chat, tuning, processes, has_values=spec.has_values)
        room = model.config.max_position_embeddings - spec.max_new_tokens
        prompts, dropped = read_prompts(folder, spec, "prompts", chat, room=room)
        shown, _ = read_prompts(folder, spec, "samples", chat, room=room)
        return cls(
            folder=folder,
            spec=spec,
            chat=chat,
            networks=networks,
            optimisers=Optimisers.of(networks, spec),
            processes=processes,
            writer=Writer.of(folder, spec, chat, networks, processes, prompts),
            shown=shown[:SHOWN_SAMPLES],
            dropped=dropped,
            mixture=Mixture.of(folder, spec, chat, model),
            ema={name: p.detach().clone() for name, p in trained(networks.policy).items()},
            kl_coef=spec.kl_coef,
            stats={},
        )

    @property
    def kept(self) -> Kept:
        state = State(
            modules=self.networks.learners,
            optimisers=self.optimisers.by_name,
            tensors={"ema": self.ema},
        )
        return Kept(self.folder, state, self.processes)

    @property
    def numbers(self) -> dict[str, Any]:
        """What a checkpoint has beside tensors."""
        return {"kl_coef": self.kl_coef, "stats": self.stats}

    def resume(self) -> int:
        """The step to go on with: that of the newest good checkpoint, or 0."""
        numbers = self.kept.resume()
        self.kl_coef = numbers.get("kl_coef", self.kl_coef)
        self.stats = numbers.get("stats", self.stats)
        return int(numbers["step"])

    def leave_if_asked(self, step: int) -> None:
        self.kept.leave_if_asked(step, **self.numbers)

    def stop_check(self, step: int) -> Callable[[], None]:
        """For the sampler: a process that is alone leaves in the middle when it is asked to.

        Up to the update the run is what it was before `step`. Several processes would have to agree
        on the token.
        """

        def check() -> None:
            if self.processes.count == 1:
                self.leave_if_asked(step)

        return check

    def roll_out(self, step: int) -> Rollouts:
        """Complete this process's prompts of `step`, as the policy is."""
        return self.writer.roll_out(step, check_stop=self.stop_check(step))

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
        stats = describe(
            experience,
            kl_coef=self.kl_coef,
            processes=self.processes,
            has_values=self.spec.has_values,
        )
        try:
            check_health(stats, step=step, spec=self.spec, limit=off_policy(self.networks))
        except DivergedError:
            self.kept.forget(step)  # which a stop may have kept before its policy was checked
            raise
        stats["sampler_gap"] = self.writer.check(rollouts, experience)
        seconds = {"seconds_generate": drawn - began, "seconds_score": time.monotonic() - drawn}
        return rollouts, experience, {**stats, **seconds}

    @torch.no_grad()
    def show(self, step: int, rollouts: Rollouts, experience: Experience) -> None:
        """Events for the run page: held-out prompts completed now, or some of the rollouts."""
        if self.shown:
            prompts = self.shown
            samples = self.writer.complete(
                prompts,
                [seed_of(self.spec.seed, "shown", place) for place in range(len(prompts))],
                check_stop=self.stop_check(step),
            )
            texts = [one.ids for one in samples]
            scores = self.networks.scorer.scores(self.writer.rows(prompts, samples)).tolist()
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
            local(self.ema[name]).lerp_(local(parameter), 1 - decay)

    def adapt_kl_coef(self) -> None:
        if self.spec.kl_target:
            self.kl_coef = losses.adapted_kl_coef(
                self.kl_coef,
                self.stats["kl"],
                target=self.spec.kl_target,
                horizon=self.spec.kl_horizon_of_run,
                rollouts=self.spec.batch_size,
            )

    @torch.no_grad()
    def finish(self) -> None:
        """Save the average as the model, once a batch of its own has proven it sane.

        The result's numbers are those of that batch. DivergedError as in any step.
        """
        finite = all(local(tensor).isfinite().all() for tensor in self.ema.values())
        if any_of(self.processes, not finite):
            raise DivergedError(say("the policy has parameters that are not finite"))
        for name, parameter in trained(self.networks.policy).items():
            local(parameter).copy_(local(self.ema[name]))
        model, base = self.networks.policy.model, self.spec.policy
        if not self.spec.lora_rank:  # what is measured is what is saved
            round_to(model, dtype_in(base))
        _, _, stats = self.experience(self.spec.steps)
        tensors = whole(model, self.processes)
        if self.folder.is_main:
            write_folder(
                self.folder.model,
                lambda to: save_model(to, model, self.chat, base=base, tensors=tensors),
            )
        numbers = {
            "steps": self.spec.steps,
            "template_hash": self.chat.template_hash,
            "dropped_prompts": sum(map(len, self.dropped.values())),
            "dropped": self.dropped,
        }
        self.writer.leave()
        self.folder.result({**numbers, **self.stats, **stats})
        self.processes.wait()


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
            run.kept.keep(step, **run.numbers)
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
            mixture=run.mixture,
        )
        seconds = {"seconds_keep": kept - began, "seconds_update": time.monotonic() - kept}
        run.stats = {**stats, "kl_coef": run.kl_coef, **seconds}
        if spec.policy_learns(step):
            run.average(step - spec.waiting_steps)
            run.adapt_kl_coef()
        folder.metric(step + 1, run.stats)
    folder.progress(spec.steps, spec.steps, phase="ppo")
    run.finish()
