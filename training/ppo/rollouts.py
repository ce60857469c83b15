"""Rollouts: the completions that the policy writes now, by plain sampling, here or by a server.

Nothing random has a state: prompts and samples follow from (seed, step, row).
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Self

import torch
from torch import Tensor

from training.chat import Chat
from training.contract.said import say
from training.errors import BadInputError
from training.folder import JobFolder
from training.ppo.batches import rows_of
from training.ppo.experience import Experience
from training.ppo.following import Following
from training.ppo.networks import Networks
from training.ppo.spec import PPOSpec
from training.processes import Alone, averages, permutation, seed_of
from training.prompts import NONE, Dropped, counts_of, fitting
from training.rows import Rows
from training.sampling import Request, Sample, Sampling
from training.sampling.engines import CHECKED, Here
from training.sharding import gathered

CheckStop = Callable[[], None]

# The sampler runs token by token with a cache, and rounds differently: the largest difference in
# fp32, the mean one in bf16, where a single token may be far off.
SAMPLER_GAP, COARSE_GAP = 1e-2, 0.1


@dataclass(frozen=True)
class Prompt:
    prompt_id: int
    text: str  # of the last turn, to be shown
    ids: list[int]


@dataclass(frozen=True)
class Rollouts:
    """The completions of one step that this process holds, in the order of `rows_of`."""

    prompts: list[Prompt]
    rows: Rows
    finished: Tensor  # (B,) bool
    logprobs: Tensor  # (B, T), as the sampler saw them


@dataclass(frozen=True)
class Writer:
    """What completes prompts as the policy is now."""

    spec: PPOSpec
    chat: Chat
    networks: Networks
    processes: Alone
    prompts: list[Prompt]
    following: Following | None = None  # who samples in the place of this process
    log: Callable[[str], None] = lambda text: None

    @classmethod
    def of(
        cls,
        folder: JobFolder,
        spec: PPOSpec,
        chat: Chat,
        networks: Networks,
        processes: Alone,
        prompts: list[Prompt],
    ) -> Self:
        """With the server that the spec asks for; BadInputError where there is none."""
        model = networks.policy.model
        return cls(
            spec=spec,
            chat=chat,
            networks=networks,
            processes=processes,
            prompts=prompts,
            following=Following.of(folder, spec, model, chat, processes),
            log=folder.warn,
        )

    def leave(self) -> None:
        """No more is asked for."""
        if self.following:
            self.following.leave()

    def prompt_of(self, step: int, row: int) -> Prompt:
        """The data cursor: all prompts in a random order, then all again in another."""
        each = self.spec.rollouts_per_prompt
        number = (step * self.spec.batch_size + row) // each
        turn, place = divmod(number, len(self.prompts))
        order = permutation(len(self.prompts), self.spec.seed, "prompts", turn)
        return self.prompts[int(order[place])]

    def roll_out(self, step: int, *, check_stop: CheckStop) -> Rollouts:
        """Complete this process's prompts of `step`, as the policy is."""
        if self.following:
            with self.networks.policy.backbone.autocast():
                self.following.follow([prompt.ids for prompt in self.prompts[:CHECKED]])
        held = rows_of(self.spec, self.processes, step=step)
        prompts = [self.prompt_of(step, row) for row in held]
        samples = self.complete(
            prompts,
            [seed_of(self.spec.seed, "rollout", step, row) for row in held],
            check_stop=check_stop,
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

    def complete(
        self, prompts: list[Prompt], seeds: list[int], *, check_stop: CheckStop
    ) -> list[Sample]:
        """One completion of each prompt: plain sampling at the spec's temperature, nothing cut.

        A prompt that follows itself is read once. check_stop: called for each token, may raise.
        """
        pairs = list(zip(prompts, seeds, strict=True))
        runs = [list(run) for _, run in groupby(pairs, key=lambda pair: id(pair[0]))]
        asked = [Request(run[0][0].ids, [seed for _, seed in run]) for run in runs]
        policy = self.networks.policy
        engine = self.following or Here(policy.model, self.chat, self.log)
        with gathered(policy, self.following is None), policy.backbone.sampling():
            samples = engine.sample(
                asked,
                sampling=Sampling(
                    max_new_tokens=self.spec.max_new_tokens,
                    temperature=self.spec.temperature,
                    top_p=1.0,
                ),
                check_stop=check_stop,
            )
        return [one for of_prompt in samples for one in of_prompt]

    def check(self, rollouts: Rollouts, experience: Experience) -> float:
        """How far who sampled is from the policy, nats a token on average; raises if too far."""
        gaps = (rollouts.logprobs - experience.logprobs)[experience.mask].abs()
        mean = averages(self.processes, {"gap": (gaps.sum(), gaps.numel())})["gap"]
        if self.following:
            self.following.check(mean)
        else:
            check_sampler(rollouts, experience, coarse=self.networks.coarse)
        return mean

    def rows(self, prompts: list[Prompt], samples: list[Sample]) -> Rows:
        """Prompts with their completions."""
        return Rows.of(
            [prompt.ids for prompt in prompts],
            [one.ids for one in samples],
            pad_id=self.chat.pad_id,
            device=self.networks.policy.model.device,
        )


def read_prompts(
    folder: JobFolder, spec: PPOSpec, name: str, chat: Chat, *, room: int
) -> tuple[list[Prompt], Dropped]:
    """The prompts of one table that leave room for a completion, and the others by reason.

    BadInputError when no prompt is left to train on.
    """
    rows, dropped = fitting(folder, folder.read_table(spec, name), chat, room=room)
    if not rows and name == "prompts":
        raise BadInputError(
            say("no prompt to train on; left out: {counts}", counts=counts_of(dropped) or NONE)
        )
    prompts = [Prompt(row["prompt_id"], row["messages"][-1]["content"], row["ids"]) for row in rows]
    return prompts, dropped


def check_sampler(rollouts: Rollouts, experience: Experience, *, coarse: bool = False) -> None:
    """What sampled must be what is trained: a generation setting unknown to us would part them.

    coarse: the policy is computed in bf16.
    """
    gaps = (rollouts.logprobs - experience.logprobs)[experience.mask].abs()
    gap = float(gaps.mean() if coarse else gaps.max())
    if gap > (COARSE_GAP if coarse else SAMPLER_GAP):
        raise RuntimeError(f"the sampler's log-probabilities differ by {gap} from the policy's")
