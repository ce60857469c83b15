"""A server that samples of the policy while it learns: before each step it gets what was learned.

A server that serves the model in which the policy began gets what learns beside it (LoRA): an
adapter with a name of its own each time, so that nothing it keeps of an earlier one is taken for
it. A server that calls its model `rollouts`, of the same architecture, reads all weights again:
nobody else is to take it for the model that it was started with. Files go through the job's folder.
What the server says of its tokens is compared with what the policy says, before the first step and
in each.
"""

import os
import secrets
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

import torch
from torch import Tensor
from transformers import PreTrainedModel

from training import adapters
from training.chat import Chat
from training.contract import files
from training.contract.said import message_of, say
from training.errors import BadInputError
from training.folder import JobFolder
from training.models import save_model
from training.ppo.spec import ENGINE, PPOSpec
from training.processes import Alone, in_turn
from training.sampling import Request, Sample, Sampling
from training.sampling.engines import ALLOWED_GAP, There
from training.sampling.server import ROLLOUTS, Server, UnknownModelError
from training.sharding import whole

PREFIX = "rondo"
# Nats a token on average that server and policy may be apart: more than this and some times what
# they were at the beginning is an adapter that was not taken, or not applied.
LEAST_GAP, TIMES = 0.01, 3.0
TRIES = 2  # the second one after the server was started again
HOW = say("see docs/engine.md, “Rollouts of PPO”, or choose Rondo's own sampler")


@dataclass
class Following:
    """Samples as `Here` does, of the policy as it was at the last `follow`."""

    there: There
    beside: bool  # it gets what lies beside the weights, not these
    base: str  # the folder of the model that the policy began as
    scratch: Path  # seen by the server too
    processes: Alone
    log: Callable[..., None]
    prefix: str  # of all versions of this attempt
    temperature: float
    allowed: float = 0.0  # nats a token; 0 until it is known
    version: str = field(default="", init=False)
    count: int = field(default=0, init=False)

    @classmethod
    def of(
        cls, folder: JobFolder, spec: PPOSpec, model: PreTrainedModel, chat: Chat, processes: Alone
    ) -> Self | None:
        """None where the spec has the policy sampled here; BadInputError where nobody serves it."""
        if spec.sampler != ENGINE:
            return None
        url = os.environ.get(files.ENGINE_URL, "")
        if not url:
            raise BadInputError(
                say("RONDO_ENGINE_URL names no server that could sample: {how}", how=HOW)
            )
        server = Server(url, os.environ.get(files.ENGINE_KEY, ""))
        base = server.name_of(spec.policy) if spec.lora_rank else None
        if base is None and all(model.get("id") != ROLLOUTS for model in server.models()):
            wanted = say("no model called {name}", name=ROLLOUTS)
            if spec.lora_rank:
                wanted = say(
                    "neither {policy} nor a model called {name}", policy=spec.policy, name=ROLLOUTS
                )
            raise BadInputError(
                say("the engine at {url} serves {wanted}: {how}", url=url, wanted=wanted, how=HOW)
            )
        attempt = int(processes.max(torch.tensor(float(secrets.randbelow(2**20)))))
        return cls(
            there=There(server, base or ROLLOUTS, model, chat),
            beside=base is not None,
            base=spec.policy,
            scratch=folder.path / files.SCRATCH / "engine",
            processes=processes,
            log=folder.log,
            prefix=f"{PREFIX}-{folder.path.name}-{attempt:05x}",
            temperature=spec.temperature,
        )

    @property
    def url(self) -> str:
        return self.there.server.url

    def follow(self, prompts: Sequence[Sequence[int]]) -> None:
        """Let the server have the policy as it is now; the first time, prove that it does.

        prompts: some that will be asked. BadInputError where it does not take it or is another.
        """
        tensors = whole(self.there.model, self.processes)
        before, self.count = self.version, self.count + 1
        self.version = f"{self.prefix}-{self.count}"
        with in_turn(self.processes):
            if not self.processes.rank:
                if not before:
                    self.forget()
                self.write(tensors)
                self.give()
                self.drop(before)
        if self.beside:
            self.there = replace(self.there, name=self.version)
        else:
            self.there = replace(self.there, salt=self.version)
        if not self.allowed:
            self.allowed = self.prove(prompts)

    def sample(
        self,
        requests: Sequence[Request],
        *,
        sampling: Sampling,
        check_stop: Callable[[], None] = lambda: None,
    ) -> list[list[Sample]]:
        """See `There`. A server that was started again is given the policy once more."""
        for _ in range(TRIES):
            try:
                samples = self.there.sample(requests, sampling=sampling, check_stop=check_stop)
            except UnknownModelError as error:
                reason = message_of(error)
            else:
                reason = self.lost()
                if not reason:
                    return samples
            self.log(say("giving the policy once more: {reason}", reason=reason), level="warning")
            self.give()
        raise BadInputError(
            say(
                "{reason}. Does another run give that server its policy? {how}",
                reason=reason,
                how=HOW,
            )
        )

    def check(self, gap: float) -> None:
        """BadInputError where server and policy are further apart than at the beginning."""
        if not gap <= self.allowed:
            raise BadInputError(
                say(
                    "the engine at {url} samples of something else than the policy: "
                    "its log-probabilities are {gap} nats a token from the policy's, "
                    "{allowed} allowed. Start the server again and go on, or choose "
                    "Rondo's own sampler",
                    url=self.url,
                    gap=f"{gap:.3f}",
                    allowed=f"{self.allowed:.3f}",
                )
            )

    def leave(self) -> None:
        """Take what was given away again."""
        if not self.processes.rank:
            self.drop(self.version)

    def write(self, tensors: Mapping[str, Tensor]) -> None:
        """The policy as the server reads it. tensors: its own, whole."""
        path = self.scratch / self.version
        path.mkdir(parents=True)
        if self.beside:
            adapters.save(path, self.there.model, tensors, base=self.base)
        else:
            model, chat = self.there.model, self.there.chat
            save_model(path, model, chat, base=self.base, tensors=tensors)

    def give(self) -> None:
        path, server = self.scratch / self.version, self.there.server
        try:
            if self.beside:
                server.load_adapter(self.version, path / adapters.FOLDER)
            else:
                server.load_weights(self.version, path)
        except BadInputError as error:
            if self.beside and self.version in self.served():  # by another process of the run
                return
            raise BadInputError(
                say(
                    "{error}. It did not take the policy in {path}: {how}",
                    error=error,
                    path=path,
                    how=HOW,
                )
            ) from error

    def lost(self) -> str:
        """Why what it just sampled of was not the policy; empty if it was.

        An adapter it knows by its name, or not at all.
        """
        found = self.version if self.beside else self.there.server.weights()
        if found == self.version:
            return ""
        return say("the engine at {url} has weights {found}", url=self.url, found=found)

    def served(self) -> list[str]:
        return [str(model.get("id")) for model in self.there.server.models()]

    def forget(self) -> None:
        """Take away what an earlier attempt of this job has left there."""
        shutil.rmtree(self.scratch, ignore_errors=True)
        mine = self.prefix.rpartition("-")[0] + "-"
        for name in self.served():
            if name.startswith(mine):
                self.there.server.unload_adapter(name)

    def drop(self, version: str) -> None:
        """Take a version away that nobody samples of any more, if the server answers."""
        if not version:
            return
        with suppress(BadInputError):
            if self.beside and version in self.served():
                self.there.server.unload_adapter(version)
        shutil.rmtree(self.scratch / version, ignore_errors=True)

    def prove(self, prompts: Sequence[Sequence[int]]) -> float:
        """That it samples of the policy, from a few texts; how far apart they may be from now on.

        BadInputError where it does not, or tells other log-probabilities than those of drawing.
        """
        raw, drawn = self.there.gaps(prompts, temperature=self.temperature)
        if not drawn <= ALLOWED_GAP:
            if raw <= ALLOWED_GAP:
                raise BadInputError(
                    say(
                        "the engine at {url} tells log-probabilities before temperature "
                        "and control tokens: start it with --logprobs-mode "
                        "processed_logprobs ({how})",
                        url=self.url,
                        how=HOW,
                    )
                )
            raise BadInputError(
                say(
                    "the engine at {url} serves something else: its log-probabilities "
                    "are {drawn} nats a token from the policy's, {allowed_gap} "
                    "allowed. Let it serve {base}, not quantised: {how}",
                    url=self.url,
                    drawn=f"{drawn:.2f}",
                    allowed_gap=ALLOWED_GAP,
                    base=self.base,
                    how=HOW,
                )
            )
        self.log(
            say(
                "the engine at {url} samples, {drawn} nats a token from the policy",
                url=self.url,
                drawn=f"{drawn:.4f}",
            )
        )
        return min(ALLOWED_GAP, LEAST_GAP + TIMES * drawn)
