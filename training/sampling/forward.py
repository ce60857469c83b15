"""A model asked for what comes next."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from transformers import PreTrainedModel

from training.backbone import near


def forward(
    model: PreTrainedModel, ids: Tensor, mask: Tensor, positions: Tensor, cache: Any
) -> Tensor:
    """Logits (B, V) after the last of `ids` (B, new), in fp32. mask: (B, seen), cache included."""
    output: Any = model(
        input_ids=ids,
        attention_mask=mask,
        position_ids=positions,
        past_key_values=cache,
        use_cache=True,
        logits_to_keep=1,
    )
    logits: Tensor = output.logits[:, -1].float()
    return logits


def left_pad(
    rows: Sequence[Sequence[int]], pad_id: int, device: torch.device
) -> tuple[Tensor, Tensor]:
    """ids and mask, each (B, longest). The mask comes from lengths: a pad may be a real token."""
    longest = max(map(len, rows))
    ids = [[pad_id] * (longest - len(row)) + list(row) for row in rows]
    mask = [[0] * (longest - len(row)) + [1] * len(row) for row in rows]
    return torch.tensor(ids, device=device), torch.tensor(mask, device=device)


def alike(one: Tensor, other: Tensor, model: PreTrainedModel) -> bool:
    """Whether two computations of the model's logits agree as far as their precision goes."""
    kind = model.device.type
    dtype = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else model.dtype
    return near(one.to(dtype), other.to(dtype))
