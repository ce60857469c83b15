"""PPO-ptx: in each minibatch texts are learned beside the rollouts (InstructGPT, eq. 2).

They are rows of a corpus where the job has one, and demonstrations where not. Each minibatch has
others, until all had their turn. Nothing random has a state: which they are follows from
(seed, step, minibatch).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor
from transformers import PreTrainedModel

from training import losses
from training.chat import Chat
from training.contract.said import say
from training.corpus import corpus_rows
from training.demonstrations import Encoded, encode_demonstrations
from training.errors import BadInputError
from training.folder import JobFolder
from training.policy import Actor
from training.ppo.batches import micro_batches
from training.ppo.spec import PPOSpec
from training.processes import Alone, averages, permutation
from training.rows import Rows


class Source(Protocol):
    """Texts that can be mixed in."""

    def __len__(self) -> int:
        """How many there are."""

    def rows(self, places: Sequence[int]) -> Rows:
        """These ones."""


@dataclass(frozen=True)
class Demonstrations:
    """Prompts, and what is to be said: only that is learned."""

    texts: list[Encoded]
    pad_id: int
    device: torch.device

    def __len__(self) -> int:
        return len(self.texts)

    def rows(self, places: Sequence[int]) -> Rows:
        return Rows.of(
            [self.texts[place][0] for place in places],
            [self.texts[place][1] for place in places],
            pad_id=self.pad_id,
            device=self.device,
        )


@dataclass(frozen=True)
class Corpus:
    """Rows of text, (R, S): each token is learned but the first, which nothing predicts."""

    ids: Tensor
    device: torch.device

    def __len__(self) -> int:
        return len(self.ids)

    def rows(self, places: Sequence[int]) -> Rows:
        ids = self.ids[torch.tensor(places, dtype=torch.long)].to(self.device, torch.long)
        ones = torch.ones(len(ids), dtype=torch.long, device=self.device)
        return Rows(ids=ids, prompt_lengths=ones, lengths=ones * ids.shape[1])


@dataclass(frozen=True)
class Mixture:
    """What is mixed in, and when."""

    spec: PPOSpec
    source: Source

    @classmethod
    def of(
        cls, folder: JobFolder, spec: PPOSpec, chat: Chat, model: PreTrainedModel
    ) -> "Mixture | None":
        """None where nothing is mixed in; BadInputError where it shall be and there is nothing."""
        if not spec.ptx_coef:
            return None
        texts = [row["text"] for row in folder.read_table(spec, "corpus")]
        if texts:
            return cls(spec=spec, source=corpus_of(texts, spec, chat, model))
        return cls(spec=spec, source=demonstrations_of(folder, spec, chat, model))

    def places(self, step: int, minibatch: int) -> list[int]:
        """Which ones the `minibatch`-th of the step mixes in: as many as it has rollouts."""
        size, there = self.spec.minibatch_size, len(self.source)
        in_a_step = self.spec.inner_epochs * (self.spec.batch_size // size)
        first = (step * in_a_step + minibatch) * size
        turns = {number // there for number in range(first, first + size)}
        orders = {turn: permutation(there, self.spec.seed, "ptx", turn) for turn in turns}
        return [
            int(orders[number // there][number % there]) for number in range(first, first + size)
        ]

    def rows(self, step: int, minibatch: int, processes: Alone) -> Rows:
        """This process's share of them."""
        return self.source.rows(self.places(step, minibatch)[processes.rank :: processes.count])


def corpus_of(texts: Sequence[str], spec: PPOSpec, chat: Chat, model: PreTrainedModel) -> Corpus:
    """BadInputError where the texts do not fill a row."""
    tokens = min(spec.ptx_tokens, model.config.max_position_embeddings)
    ids = corpus_rows(texts, chat, tokens=tokens)
    if not len(ids):
        raise BadInputError(
            say(
                "the corpus does not fill one row of {tokens} tokens: give a "
                "longer one, or set the length of its rows (ptx_tokens) lower",
                tokens=tokens,
            )
        )
    return Corpus(ids=ids, device=model.device)


def demonstrations_of(
    folder: JobFolder, spec: PPOSpec, chat: Chat, model: PreTrainedModel
) -> Demonstrations:
    """BadInputError where there is none that can be learned."""
    rows = folder.read_table(spec, "demonstrations")
    texts = encode_demonstrations(rows, chat, max_tokens=model.config.max_position_embeddings)
    if dropped := len(rows) - len(texts):
        folder.warn(say("{n} demonstrations are too long or refused by the template", n=dropped))
    if not texts:
        raise BadInputError(
            say(
                "no demonstration to mix in: collect some, choose a corpus, or set "
                "the coefficient of what is mixed in (ptx_coef) to 0"
            )
        )
    return Demonstrations(texts=texts, pad_id=chat.pad_id, device=model.device)


def ptx_gradients(
    policy: Actor, rows: Rows, *, spec: PPOSpec, processes: Alone
) -> dict[str, float]:
    """Accumulate `ptx_coef` times the gradient of the mean loss of their tokens."""
    count = processes.sum(rows.response_lengths.sum())
    total = torch.zeros((), dtype=torch.float64)
    size = at_once(rows, spec, processes)
    for index in micro_batches(rows, torch.arange(len(rows)), size):
        part = rows.select(index)
        logprobs = losses.token_logprobs(
            policy.logits(part), part.response_tokens(), temperature=1.0
        )
        (-spec.ptx_coef * logprobs.sum() / count).backward()
        total -= logprobs.detach().sum().double().cpu()
    return averages(processes, {"ptx_loss": (total, rows.response_lengths.sum())})


def at_once(rows: Rows, spec: PPOSpec, processes: Alone) -> int:
    """So many that their logits take no more memory than those of rollouts, or one.

    The longest text of any process decides: each has as many, and computes as often as the others,
    as it has to where models lie in parts.
    """
    own = int(rows.response_lengths.max()) if len(rows) else 1
    longest = int(processes.max(torch.tensor(max(own, spec.max_new_tokens))))
    return max(1, spec.micro_batch_size * spec.max_new_tokens // longest)
