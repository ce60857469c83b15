"""Token sequences as tensors, and a decoder's layers run by hand over them.

A row is a prompt and its completion, right-padded: under causal attention no real token sees a pad,
so neither an attention mask nor shifted positions are needed. What is real follows from lengths,
never from token ids. Shapes: B rows, S positions, T response tokens of the longest row, N response
tokens in all (row after row), d hidden units, V vocabulary.
"""

from collections.abc import Collection, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from transformers import DynamicCache

from training.errors import BadInputError


@dataclass(frozen=True)
class Rows:
    """ids: (B, S); prompt_lengths and lengths (prompt and response): (B,).

    states: (B, S, d), the output of the frozen lower layers where there are any.
    """

    ids: Tensor
    prompt_lengths: Tensor
    lengths: Tensor
    states: Tensor | None = None

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
            states=None if self.states is None else self.states[index, :longest],
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
        return replace(self, ids=ids, states=None)

    def with_states(self, states: Tensor) -> "Rows":
        return replace(self, states=states)

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


def run_layers(
    backbone: Any,
    hidden: Tensor,
    *,
    first: int,
    stop: int | None,
    positions: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Run layers [first, stop) over (B, S, d). mask: (B, 1, S, S) bool; None is causal."""
    if positions is None:
        positions = torch.arange(hidden.shape[1], device=hidden.device)[None]
    rotary = backbone.rotary_emb(hidden, position_ids=positions)
    for layer in backbone.layers[first:stop]:
        hidden = layer(
            hidden, attention_mask=mask, position_ids=positions, position_embeddings=rotary
        )
    return hidden


def lower_states(
    backbone: Any,
    ids: Tensor,
    *,
    frozen_layers: int,
    positions: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Output of embeddings and lowest layers, (B, S, d); without gradient if any is frozen."""
    with torch.no_grad() if frozen_layers else nullcontext():
        hidden = backbone.embed_tokens(ids)
        return run_layers(
            backbone, hidden, first=0, stop=frozen_layers, positions=positions, mask=mask
        )


def last_states(
    backbone: Any,
    ids: Tensor,
    *,
    frozen_layers: int,
    states: Tensor | None = None,
    positions: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """The last hidden states, (B, S, d), from `states` of the frozen layers where given."""
    if states is None:
        states = lower_states(
            backbone, ids, frozen_layers=frozen_layers, positions=positions, mask=mask
        )
    hidden: Tensor = backbone.norm(
        run_layers(backbone, states, first=frozen_layers, stop=None, positions=positions, mask=mask)
    )
    return hidden


CHECKED_TOKENS = 40


def check_layers(backbone: Any, *, frozen_layers: int) -> None:
    """BadInputError unless running the layers by hand gives what the model itself gives.

    True for the Llama family (Llama, Qwen2 and 3, SmolLM, Mistral without a window); some
    architectures scale their embeddings or mix layer types, and would be silently wrong.
    """
    name = type(backbone).__name__
    try:
        _check_layers(backbone, frozen_layers=frozen_layers)
    except (AttributeError, TypeError, ValueError) as error:
        raise BadInputError(f"{name} cannot be trained here: {error}") from error


def _check_windows(config: Any) -> None:
    """A layer run by hand sees all tokens before it, so its own window must not be shorter."""
    for layer in DynamicCache(config=config).layers:
        window = getattr(layer, "sliding_window", None)
        if window is not None and window < config.max_position_embeddings:
            raise BadInputError(
                f"its layers see the last {window} tokens of {config.max_position_embeddings}, and "
                "training runs them without a window. Choose a model with full attention"
            )


def _check_layers(backbone: Any, *, frozen_layers: int) -> None:
    _check_windows(backbone.config)
    if not 0 <= frozen_layers < len(backbone.layers):
        raise BadInputError(
            f"frozen_layers {frozen_layers}: the model has {len(backbone.layers)} layers"
        )
    device = backbone.embed_tokens.weight.device
    ids = (
        torch.arange(1, 1 + CHECKED_TOKENS, device=device)[None]
        % backbone.embed_tokens.num_embeddings
    )
    with torch.no_grad():
        own = backbone(input_ids=ids, use_cache=False).last_hidden_state
        ours = last_states(backbone, ids, frozen_layers=frozen_layers)
    if not torch.allclose(
        own.float(), ours.float(), atol=1e-4 if own.dtype == torch.float32 else 0.1
    ):
        raise BadInputError(
            f"{type(backbone).__name__} cannot be trained here: run layer by layer it gives "
            "something else than as a whole. Choose a model of the Llama or Qwen family"
        )


def freeze_lower(backbone: Any, frozen_layers: int) -> None:
    """Take the embeddings and the lowest layers out of training; nothing with 0."""
    if frozen_layers:
        backbone.embed_tokens.requires_grad_(requires_grad=False)
        for layer in backbone.layers[:frozen_layers]:
            layer.requires_grad_(requires_grad=False)


def same_lower(left: Any, right: Any, frozen_layers: int) -> bool:
    """Whether two decoders have equal embeddings and lowest layers, to the bit."""
    if left.embed_tokens.weight.shape != right.embed_tokens.weight.shape:
        return False
    pairs = [(left.embed_tokens, right.embed_tokens)]
    pairs += list(zip(left.layers[:frozen_layers], right.layers[:frozen_layers], strict=False))
    return all(
        a.shape == b.shape and torch.equal(a, b)
        for one, other in pairs
        for a, b in zip(one.parameters(), other.parameters(), strict=True)
    )


def share_lower(source: Any, target: Any, frozen_layers: int) -> None:
    """Let `target` use the embeddings and lowest layers of `source`: one copy in memory."""
    target.embed_tokens = source.embed_tokens
    for index in range(frozen_layers):
        target.layers[index] = source.layers[index]


def trained(module: nn.Module) -> dict[str, nn.Parameter]:
    """The parameters that an optimiser moves, by name."""
    return {
        name: parameter for name, parameter in module.named_parameters() if parameter.requires_grad
    }
