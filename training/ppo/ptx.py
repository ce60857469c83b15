"""PPO-ptx: in each minibatch demonstrations are learned beside the rollouts (InstructGPT, eq. 2).

Each minibatch has others, until all had their turn. Nothing random has a state: which they are
follows from (seed, step, minibatch).
"""

from dataclasses import dataclass

import torch
from transformers import PreTrainedModel

from training import losses
from training.chat import Chat
from training.demonstrations import Encoded, encode_demonstrations
from training.errors import BadInputError
from training.folder import JobFolder
from training.policy import Actor
from training.ppo.batches import micro_batches
from training.ppo.spec import PPOSpec
from training.processes import Alone, averages, permutation
from training.rows import Rows


@dataclass(frozen=True)
class Demonstrations:
    """What is mixed in."""

    spec: PPOSpec
    texts: list[Encoded]
    pad_id: int
    device: torch.device

    @classmethod
    def of(
        cls, folder: JobFolder, spec: PPOSpec, chat: Chat, model: PreTrainedModel
    ) -> "Demonstrations | None":
        """None where none are mixed in; BadInputError where they shall be and there is none."""
        if not spec.ptx_coef:
            return None
        rows = folder.read_table(spec, "demonstrations")
        texts = encode_demonstrations(rows, chat, max_tokens=model.config.max_position_embeddings)
        if dropped := len(rows) - len(texts):
            folder.warn(f"{dropped} demonstrations are too long or refused by the template")
        if not texts:
            raise BadInputError(
                "no demonstration to mix in: collect some, or set the coefficient of "
                "demonstrations (ptx_coef) to 0"
            )
        return cls(spec=spec, texts=texts, pad_id=chat.pad_id, device=model.device)

    def places(self, step: int, minibatch: int) -> list[int]:
        """Which ones the `minibatch`-th of the step mixes in: as many as it has rollouts."""
        size = self.spec.minibatch_size
        in_a_step = self.spec.inner_epochs * (self.spec.batch_size // size)
        first = (step * in_a_step + minibatch) * size
        turns = {number // len(self.texts) for number in range(first, first + size)}
        orders = {
            turn: permutation(len(self.texts), self.spec.seed, "ptx", turn).tolist()
            for turn in turns
        }
        return [
            orders[number // len(self.texts)][number % len(self.texts)]
            for number in range(first, first + size)
        ]

    def rows(self, step: int, minibatch: int, processes: Alone) -> Rows:
        """This process's share of them."""
        chosen = self.places(step, minibatch)[processes.rank :: processes.count]
        return Rows.of(
            [self.texts[place][0] for place in chosen],
            [self.texts[place][1] for place in chosen],
            pad_id=self.pad_id,
            device=self.device,
        )


def ptx_gradients(
    policy: Actor, rows: Rows, *, spec: PPOSpec, processes: Alone
) -> dict[str, float]:
    """Accumulate `ptx_coef` times the gradient of the loss of fine-tuning: a mean over tokens."""
    count = processes.sum(rows.response_lengths.sum())
    total = torch.zeros((), dtype=torch.float64)
    for index in micro_batches(rows, torch.arange(len(rows)), spec.micro_batch_size):
        part = rows.select(index)
        logprobs = losses.token_logprobs(
            policy.logits(part), part.response_tokens(), temperature=1.0
        )
        (-spec.ptx_coef * logprobs.sum() / count).backward()
        total -= logprobs.detach().sum().double().cpu()
    return averages(processes, {"ptx_loss": (total, rows.response_lengths.sum())})
