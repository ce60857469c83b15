"""Token sequences as tensors.

A row is a prompt and its completion, right-padded: under causal attention no real token sees a pad,
so neither an attention mask nor shifted positions are needed. What is real follows from lengths,
never from token ids. Shapes: B rows, S positions, T response tokens of the longest row, N response
tokens in all (row after row), d hidden units, V vocabulary.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Rows:
    """ids: (B, S); prompt_lengths and lengths (prompt and response): (B,)."""

    ids: Tensor
    prompt_lengths: Tensor
    lengths: Tensor

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def of(
        cls,
        prompts: Sequence[Sequence[int]],
        responses: Sequence[Sequence[int]],
        *,
        pad_id: int,
        device: torch.device | str = "cpu",
    ) -> "Rows":
        sequences = [
            [*prompt, *response] for prompt, response in zip(prompts, responses, strict=True)
        ]
        longest = max(map(len, sequences), default=0)
        padded = [sequence + [pad_id] * (longest - len(sequence)) for sequence in sequences]
        return cls(
            ids=torch.tensor(padded, dtype=torch.long, device=device),
            prompt_lengths=torch.tensor(list(map(len, prompts)), dtype=torch.long, device=device),
            lengths=torch.tensor(list(map(len, sequences)), dtype=torch.long, device=device),
        )

    def select(self, index: Tensor) -> "Rows":
        """These rows, trimmed to the longest of them."""
        lengths = self.lengths[index]
        longest = int(lengths.max()) if len(index) else 0
        return Rows(
            ids=self.ids[index, :longest],
            prompt_lengths=self.prompt_lengths[index],
            lengths=lengths,
        )

    def ended_by(self, eos_id: int, stop_ids: Collection[int]) -> "Rows":
        """With `eos_id` in the place of any other stop token at a row's end."""
        last = self.ids[self.last()]
        other = torch.isin(last, torch.tensor(sorted(stop_ids), device=last.device))
        other &= last != eos_id
        if not other.any():
            return self
        ids = self.ids.clone()
        row, position = self.last()
        ids[row[other], position[other]] = eos_id
        return replace(self, ids=ids)

    @property
    def response_lengths(self) -> Tensor:
        return self.lengths - self.prompt_lengths

    def response_mask(self, width: int | None = None) -> Tensor:
        """(B, T) bool, True on response tokens; T is `width` where given."""
        width = int(self.response_lengths.max()) if width is None else width
        steps = torch.arange(width, device=self.ids.device)
        return steps < self.response_lengths[:, None]

    def response_tokens(self) -> Tensor:
        """The response tokens of all rows, (N,)."""
        row, position = self.predicting()
        return self.ids[row, position + 1]

    def predicting(self) -> tuple[Tensor, Tensor]:
        """(row, position) of the state that predicts each response token, (N,) each."""
        row, step = self.response_mask().nonzero(as_tuple=True)
        return row, self.prompt_lengths[row] - 1 + step

    def last(self) -> tuple[Tensor, Tensor]:
        """(row, position) of the last real token of each row, (B,) each."""
        return torch.arange(len(self), device=self.ids.device), self.lengths - 1


def trained(module: nn.Module) -> dict[str, nn.Parameter]:
    """The parameters that an optimiser moves, by name."""
    return {
        name: parameter for name, parameter in module.named_parameters() if parameter.requires_grad
    }
