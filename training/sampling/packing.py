"""Weights laid out for products of few rows, while a CPU samples.

A step multiplies some rows by all weights. The product that training has reads them at half the
speed of memory then; oneDNN's, of weights that are laid out for it once, at nearly all of it. That
is measured for 2 to 64 rows in fp32. Where anything is otherwise, all stays as it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from training.backbone import near
from training.models import full_product
from training.sampling.memory import PACKED_BYTES

LEAST_STEPS = 16  # laying out costs about as much as these save, on one core
MOST_ROWS = 64  # from which on both products compute longer than they read
LEAST_WEIGHTS = 2**18  # of a map; smaller ones stay in the caches as they are


@contextmanager
def packed(model: PreTrainedModel, *, rows: int, steps: int) -> Iterator[None]:
    """Within it the large linear maps of `model` multiply few rows by a copy of their weights.

    The weights may not change meanwhile. rows: at once, at most; steps: that will be taken.
    """
    maps = maps_to_pack(model) if 1 < rows <= MOST_ROWS and steps >= LEAST_STEPS else []
    before: dict[Any, Any] = {one: one.__dict__.get("forward") for one in maps}
    try:
        for one, product in products(maps, rows).items():
            one.forward = partial(multiply, product, one.forward)
        yield
    finally:
        for one, forward in before.items():
            one.__dict__.pop("forward", None)
            if forward is not None:
                one.forward = forward


def maps_to_pack(model: PreTrainedModel) -> list[nn.Linear]:
    """None where they are multiplied in another way, or their copies would take too much memory."""
    if model.device.type != "cpu" or torch.is_autocast_enabled("cpu"):
        return []
    found = [one for one in model.modules() if type(one) is nn.Linear and is_plain(one)]
    if sum(one.weight.nbytes for one in found) > PACKED_BYTES:
        return []
    return found


def is_plain(one: nn.Linear) -> bool:
    """Whether it is large, in fp32, whole, and multiplies as such a map does."""
    forward: Any = one.__dict__.get("forward")
    weight = one.weight.data
    return (
        weight.numel() >= LEAST_WEIGHTS
        and weight.dtype == torch.float32
        and type(weight) is Tensor  # not one process's part of it
        and (forward is None or getattr(forward, "func", None) is full_product)
    )


def products(maps: list[nn.Linear], rows: int) -> dict[Any, Any]:
    """What multiplies by each of them; none where that fails, or says anything else."""
    if not torch.backends.mkldnn.is_available():
        return {}
    found: dict[Any, Any] = {}
    tried: set[torch.Size] = set()
    try:
        for one in maps:
            laid_out = torch.ops.mkldnn._reorder_linear_weight(one.weight.data, rows)
            found[one] = partial(product_with, laid_out, one.bias)
            if one.weight.shape not in tried and not agrees(one, found[one], rows):
                return {}
            tried.add(one.weight.shape)
    except (AttributeError, RuntimeError, MemoryError):  # another torch, or no room
        return {}
    return found


def agrees(one: nn.Linear, product: Any, rows: int) -> bool:
    some = torch.linspace(-1, 1, rows * one.in_features).view(rows, 1, -1)
    return near(product(some), nn.functional.linear(some, one.weight, one.bias))


def product_with(laid_out: Tensor, bias: Tensor | None, states: Tensor) -> Tensor:
    """What inductor makes of a linear map."""
    found: Tensor = torch.ops.mkldnn._linear_pointwise(states, laid_out, bias, "none", [], "")
    return found


def multiply(product: Any, plain: Any, states: Tensor) -> Tensor:
    """By the one that is faster for so many rows."""
    few = states.numel() <= MOST_ROWS * states.shape[-1]
    found: Tensor = (product if few else plain)(states)
    return found
