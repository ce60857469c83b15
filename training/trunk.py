"""The lowest layers of a decoder, which do not learn: what they make of a row is kept.

Each row is computed by itself, so that to the bit nothing depends on what shares a batch, nor on
whether it was kept: who runs a decoder need not know of it.
"""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Self

import torch
from torch import Tensor, nn

from training.contract.said import say
from training.errors import BadInputError

KEPT_BYTES = 2**30  # some 4,000 rollouts of 100 tokens in a model of 135M parameters


class Trunk:
    """The `count` lowest layers and the embeddings of `decoder`, taken out of training."""

    def __init__(self, decoder: Any, count: int) -> None:
        self.decoder, self.count = decoder, count
        layers = layers_of(decoder)
        if not 0 < count < len(layers):
            raise BadInputError(
                say("frozen_layers {count}: the model has {n} layers", count=count, n=len(layers))
            )
        for module in self._modules():
            module.requires_grad_(requires_grad=False)
        self._kept: OrderedDict[bytes, Tensor] = OrderedDict()
        self._bytes = 0

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """A copy of the decoder has the same frozen layers."""
        return self

    def is_like(self, other: Self) -> bool:
        """Whether both are equal to the bit."""
        ours, theirs = self._parameters(), other._parameters()
        return len(ours) == len(theirs) and all(
            one.shape == like.shape and torch.equal(one, like)
            for one, like in zip(ours, theirs, strict=True)
        )

    def use(self, other: Self) -> None:
        """Let the decoder have the parameters of `other`, which is like this one."""
        for one, like in zip(self._modules(), other._modules(), strict=True):
            for ours, theirs in zip(one.modules(), like.modules(), strict=True):
                for name in ours._parameters:
                    setattr(ours, name, getattr(theirs, name))

    @contextmanager
    def standing_in(
        self, decoder: Any, ids: Tensor, lengths: Tensor, **how: Tensor
    ) -> Iterator[None]:
        """Within it the frozen layers of `decoder` give what is known of these rows.

        decoder: the one that this trunk was made of, or a copy. ids: (B, S), right-padded. how: the
        positions (B, S) and the mask (B, 1, S, S) of rows with several texts.
        """
        states = self._states(ids, lengths, **how)
        layers = layers_of(decoder)[: self.count]
        for layer in layers:
            layer.forward = partial(_hand_on, states)
        try:
            yield
        finally:
            for layer in layers:
                del layer.forward

    @torch.no_grad()
    def _states(self, ids: Tensor, lengths: Tensor, **how: Tensor) -> Tensor:
        """(B, S, d), zero where a row is padded."""
        rows = [
            self._of(ids[row, :length], **{name: _cut(x, row, length) for name, x in how.items()})
            for row, length in enumerate(lengths.tolist())
        ]
        states = rows[0].new_zeros(*ids.shape, rows[0].shape[-1])
        for row, known in enumerate(rows):
            states[row, : len(known)] = known
        return states

    def _of(self, ids: Tensor, **how: Tensor) -> Tensor:
        """(S, d) of one row without padding; the positions say which of its tokens see which."""
        key = ids.cpu().numpy().tobytes()
        if "positions" in how:
            key += b"/" + how["positions"].cpu().numpy().tobytes()
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        states = self._computed(ids[None], **how)[0]
        self._kept[key] = states
        self._bytes += states.nbytes
        while self._bytes > KEPT_BYTES:
            self._bytes -= self._kept.popitem(last=False)[1].nbytes
        return states

    def _computed(self, ids: Tensor, **how: Tensor) -> Tensor:
        """The output of the last frozen layer, (1, S, d); the layers above do not run."""
        names = {"positions": "position_ids", "mask": "attention_mask"}

        def stop(*called: Any) -> None:
            raise _ReachedError(called[-1])

        handle = layers_of(self.decoder)[self.count - 1].register_forward_hook(stop)
        try:
            self.decoder(input_ids=ids, use_cache=False, **{names[n]: x for n, x in how.items()})
        except _ReachedError as reached:
            return reached.states
        finally:
            handle.remove()
        raise BadInputError(
            say("{name} did not run its own layers", name=type(self.decoder).__name__)
        )

    def _modules(self) -> list[nn.Module]:
        layers = layers_of(self.decoder)
        within = {id(module) for layer in layers for module in layer.modules()}
        every = self.decoder.modules()
        tables = [m for m in every if isinstance(m, nn.Embedding) and id(m) not in within]
        return [*tables, *layers[: self.count]]

    def _parameters(self) -> list[nn.Parameter]:
        return [parameter for module in self._modules() for parameter in module.parameters()]


def layers_of(decoder: Any) -> nn.ModuleList:
    """Its layers, lowest first. BadInputError where they are not one list."""
    for module in decoder.modules():
        if isinstance(module, nn.ModuleList) and len(module) == decoder.config.num_hidden_layers:
            return module
    raise BadInputError(
        say("{name} has no list of layers of which some can be frozen", name=type(decoder).__name__)
    )


class _ReachedError(Exception):
    """The frozen layers are done."""

    def __init__(self, states: Tensor) -> None:
        super().__init__()
        self.states = states


def _hand_on(states: Tensor, *_: Any, **__: Any) -> Tensor:
    """In place of a frozen layer."""
    return states


def _cut(tensor: Tensor, row: int, length: int) -> Tensor:
    """Of positions (B, S) or a mask (B, 1, S, S): one row without padding, a batch of one."""
    one = tensor[row : row + 1, ..., :length]
    return one if one.ndim == 2 else one[..., :length, :]
