"""Keys and values of rows that come and go, in one buffer a layer.

A row is a place of the buffer. All rows write their next token into the same column, `high` of
`Columns`, so a prompt that comes later is laid to the left of that column, as padding on the left
does; each row has a first column of its own. What no row needs any more is left of `low`: it is not
looked at, and overwritten when the columns are used up.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache, PreTrainedModel
from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer


@dataclass
class Columns:
    """What is in use: places 0 to `rows`, columns `low` to `high`.

    In a step that is recorded: places 0 to `fixed`, all columns; `at` is `high` on the device.
    """

    at: Tensor
    rows: int = 0
    low: int = 0
    high: int = 0
    fixed: int = 0


class PlacesLayer(DynamicLayer):  # type: ignore[misc]  # transformers is not typed
    """One layer's buffer; with a window it shows the last columns only, but keeps all."""

    keys: Tensor
    values: Tensor

    def __init__(self, like: DynamicLayer, columns: Columns, *, places: int, room: int) -> None:
        super().__init__()
        self.columns = columns
        self.is_sliding = like.is_sliding
        if self.is_sliding:
            self.sliding_window = like.sliding_window
        self.dtype, self.device = like.keys.dtype, like.keys.device
        # Zeros: what is masked still takes part, times nothing, and nothing times NaN is NaN.
        self.keys, self.values = (
            told.new_zeros(places, told.shape[1], room, told.shape[3])
            for told in (like.keys, like.values)
        )
        self.is_initialized = True

    def update(
        self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any
    ) -> tuple[Tensor, Tensor]:
        """Write the next column of each row; the loop moves `high` on after the last layer."""
        if fixed := self.columns.fixed:
            keys, values = self.keys[:fixed], self.values[:fixed]
            keys.index_copy_(2, self.columns.at, key_states)
            values.index_copy_(2, self.columns.at, value_states)
            return keys, values
        rows, low, high = self.columns.rows, self.columns.low, self.columns.high + 1
        if self.is_sliding:
            low = max(low, high - self.sliding_window)
        shown = []
        for buffer, states in ((self.keys, key_states), (self.values, value_states)):
            buffer[:rows, :, high - 1 : high] = states
            shown.append(buffer[:rows, :, low:high])
        return shown[0], shown[1]

    def get_seq_length(self) -> int:
        return self.columns.high - self.columns.low

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        seen = self.get_seq_length()
        past = min(seen, self.sliding_window - 1) if self.is_sliding else seen
        return past + query_length, seen - past


class PlacesCache:
    """A cache whose places are taken and left by rows at any time."""

    refills = True

    def __init__(self, columns: Columns, *, places: int, room: int) -> None:
        self.columns, self.places, self.room = columns, places, room
        self.states: DynamicCache | None = None

    def take_in(self, prefilled: DynamicCache, source: Tensor, padding: Tensor) -> None:
        """Lay prompts, padded on the left, to the left of `high`, at places after the rows.

        source: the prompt of each new row; padding: (prompts, width) bool.
        """
        if self.states is None:
            self.states = DynamicCache()
            self.states.layers = [
                PlacesLayer(layer, self.columns, places=self.places, room=self.room)
                if layer.is_initialized
                else layer  # which uses those of another one
                for layer in prefilled.layers
            ]
        first, high = self.columns.rows, self.columns.high
        for layer, new in zip(self.states.layers, prefilled.layers, strict=True):
            if not isinstance(layer, PlacesLayer):
                continue
            width = new.keys.shape[2]  # a window may have left the first ones out
            empty = padding[:, None, -width:, None]
            for buffer, states in ((layer.keys, new.keys), (layer.values, new.values)):
                places = buffer[first : first + len(source)]
                places.zero_()
                places[:, :, high - width : high] = states.masked_fill(empty, 0)[source]

    def keep(self, order: Sequence[int]) -> None:
        """Let the row at place `order[i]` stand at place i; the others leave."""
        moved = [place for place, old in enumerate(order) if place != old]
        if not moved:
            return
        low, high = self.columns.low, self.columns.high
        for buffer in self._buffers():
            shown = buffer[:, :, low:high]
            to = torch.tensor(moved, device=buffer.device)
            shown[to] = shown[torch.tensor([order[place] for place in moved], device=buffer.device)]

    def shift(self) -> None:
        """Move all to the left, so that `low` is 0."""
        rows, low, high = self.columns.rows, self.columns.low, self.columns.high
        for buffer in self._buffers():
            buffer[:rows, :, : high - low] = buffer[:rows, :, low:high].clone()

    def _buffers(self) -> Iterator[Tensor]:
        for layer in self.states.layers if self.states is not None else ():
            if isinstance(layer, PlacesLayer):
                yield from (layer.keys, layer.values)


class WholeCache:
    """transformers' own cache, where a model has layers that keep more than keys and values.

    Rows leave it but none is added: all prompts come at once.
    """

    refills = False

    def __init__(self) -> None:
        self.states: DynamicCache | None = None

    def take_in(self, prefilled: DynamicCache, source: Tensor, padding: Tensor) -> None:
        prefilled.reorder_cache(source)
        self.states = prefilled

    def keep(self, order: Sequence[int]) -> None:
        if self.states is not None and order:
            layer = self.states.layers[0]
            device = getattr(layer, "device", None)
            self.states.reorder_cache(torch.tensor(order, device=device))

    def shift(self) -> None:
        raise AssertionError("its columns grow")


def takes_masks(model: PreTrainedModel, cache: PlacesCache | WholeCache) -> bool:
    """Whether every layer sees the same columns, so that one mask (B, 1, 1, S) serves them all.

    From (B, S) transformers makes one itself, and waits for the device to see if it is needed.
    """
    layers = cache.states.layers if cache.states is not None else []
    alike = all(isinstance(layer, PlacesLayer) and not layer.is_sliding for layer in layers)
    return alike and model.config._attn_implementation == "sdpa"


def can_refill(model: PreTrainedModel) -> bool:
    """Whether every layer keeps keys and values alone, of all tokens or of a window."""
    plain = {DynamicLayer, DynamicSlidingWindowLayer}
    return all(type(layer) in plain for layer in DynamicCache(config=model.config).layers)
