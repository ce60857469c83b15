"""Who samples: our own loop, or a server that serves the same model and is checked to.

RONDO_ENGINE_URL names the server. It is used for a model that it serves by the folder's path or
name, once the tokens of a few of its texts had the log-probabilities that the model has here.
"""

import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from transformers import PreTrainedModel

from training.chat import Chat
from training.contract import files
from training.contract.said import say
from training.errors import BadInputError
from training.sampling.asking import Asking
from training.sampling.requests import Request, Sample, Sampling
from training.sampling.sampler import OnDone, sample
from training.sampling.server import Server

CHECKED, CHECKED_TOKENS = 4, 32  # prompts, and new tokens of each
# Nats a token on average. Two computations in bf16 differ by 0.05, other weights by much more.
ALLOWED_GAP = 0.1
AT_ONCE = 256  # questions that wait for the server's answer, where no batch size is given
TELL_EVERY = 1.0  # seconds


@dataclass(frozen=True)
class Here:
    """Our own loop. log: hears where memory does not hold as many texts as were asked for."""

    model: PreTrainedModel
    chat: Chat
    log: Callable[[str], None] = lambda text: None

    def sample(
        self,
        requests: Sequence[Request],
        *,
        sampling: Sampling,
        batch_size: int = 0,
        on_done: OnDone = lambda done: None,
        check_stop: Callable[[], None] = lambda: None,
    ) -> list[list[Sample]]:
        """See `training.sampling.sample`."""
        return sample(
            self.model,
            requests,
            sampling=sampling,
            chat=self.chat,
            batch_size=batch_size,
            on_done=on_done,
            check_stop=check_stop,
            log=self.log,
        )


@dataclass(frozen=True)
class There:
    """A server that serves the model as `name`."""

    server: Server
    name: str
    model: PreTrainedModel
    chat: Chat
    salt: str = ""  # of the weights that it has, where they come and go

    def sample(
        self,
        requests: Sequence[Request],
        *,
        sampling: Sampling,
        batch_size: int = 0,
        on_done: OnDone = lambda done: None,
        check_stop: Callable[[], None] = lambda: None,
    ) -> list[list[Sample]]:
        """As here, but another generator's numbers: the same each time, if the server sees to it.

        `logprobs` are the server's: at other temperatures than 1 it may tell those of 1.
        """
        samples = [[Sample()] * len(request.seeds) for request in requests]
        missing = [len(request.seeds) for request in requests]
        wanted = [(place, number) for place, count in enumerate(missing) for number in range(count)]

        def ask(which: tuple[int, int], stopped: threading.Event) -> Sample:
            request = requests[which[0]]
            return self._complete(request.prompt, request.seeds[which[1]], sampling, stopped)

        done: dict[int, list[Sample]] = {}
        told = time.monotonic()
        try:
            with Asking(wanted, ask, at_once=batch_size or AT_ONCE) as asking:
                while asking.left:
                    check_stop()
                    answered = asking.take(seconds=TELL_EVERY)
                    if answered:
                        (place, number), one = answered
                        samples[place][number] = one
                        missing[place] -= 1
                        done |= {} if missing[place] else {place: samples[place]}
                    if done and time.monotonic() - told > TELL_EVERY:
                        ready, done, told = done, {}, time.monotonic()
                        on_done(ready)
        finally:
            if done:
                on_done(done)
        return samples

    def gap(self, prompts: Sequence[Sequence[int]]) -> float:
        """How far its log-probabilities are from the model's here: mean over tokens, nats.

        Control tokens, which are not drawn, may have a part in them or none.
        """
        return min(self.gaps(prompts, temperature=1.0))

    def gaps(self, prompts: Sequence[Sequence[int]], *, temperature: float) -> tuple[float, float]:
        """The same from what the model says of all tokens, and from how they are drawn here."""
        sampling = Sampling(max_new_tokens=CHECKED_TOKENS, temperature=temperature)
        requests = [Request(prompt, [place]) for place, prompt in enumerate(prompts[:CHECKED])]
        apart = torch.zeros(2)
        tokens = 0
        for request, [one] in zip(requests, self.sample(requests, sampling=sampling), strict=True):
            own = own_logprobs(
                self.model, self.chat, request.prompt, one.ids, temperature=temperature
            )
            apart += (own - torch.tensor(one.logprobs)).abs().sum(1)
            tokens += len(one.ids)
        raw, drawn = (apart / tokens).tolist()
        return raw, drawn

    def _complete(
        self, prompt: Sequence[int], seed: int, sampling: Sampling, stopped: threading.Event
    ) -> Sample:
        vocabulary = self.model.config.get_text_config(decoder=True).vocab_size
        return self.server.complete(
            self.name,
            prompt,
            seed,
            sampling=sampling,
            chat=self.chat,
            vocabulary=vocabulary,
            stopped=stopped,
            salt=self.salt,
        )


@torch.no_grad()  # not inference mode: a model in parts keeps what it gathers in the first forward
def own_logprobs(
    model: PreTrainedModel,
    chat: Chat,
    prompt: Sequence[int],
    ids: Sequence[int],
    *,
    temperature: float = 1.0,
) -> torch.Tensor:
    """Of each of `ids`, (2, tokens): as the model has them, and among those that may be drawn."""
    row = torch.tensor([[*prompt, *ids]], device=model.device)
    logits = model(input_ids=row).logits[0, len(prompt) - 1 : -1].float()
    both = torch.stack([logits, chat.forbid(logits.clone()) / temperature])
    tokens = row[0, len(prompt) :].expand(2, -1)[..., None]
    return both.log_softmax(-1).gather(-1, tokens)[..., 0].cpu()


def engine_of(
    folder: str,
    model: PreTrainedModel,
    chat: Chat,
    *,
    prompts: Sequence[Sequence[int]],
    log: Callable[[str], None],
) -> Here | There:
    """Who samples of the model in `folder`, which is loaded as `model`.

    prompts: some that will be asked. BadInputError where a server is named that does not answer, or
    that serves something else by this name.
    """
    here = Here(model, chat, log)
    url = os.environ.get(files.ENGINE_URL, "")
    if not url or not prompts:
        return here
    server = Server(url, os.environ.get(files.ENGINE_KEY, ""))
    name = server.name_of(folder)
    if name is None:
        log(f"the engine at {url} does not serve {folder}: sampling here")
        return here
    there = There(server, name, model, chat)
    gap = there.gap(prompts)
    if not gap <= ALLOWED_GAP:
        raise BadInputError(
            say(
                "the engine at {url} serves something else as {name}: its "
                "log-probabilities are {gap} nats a token from the model's here, "
                "{allowed_gap} allowed. Let it serve {folder} itself, not "
                "quantised, or leave RONDO_ENGINE_URL empty to sample here",
                url=url,
                name=name,
                gap=f"{gap:.2f}",
                allowed_gap=ALLOWED_GAP,
                folder=folder,
            )
        )
    log(f"the engine at {url} samples, {gap:.4f} nats a token from the model here")
    return there
