"""Attention of rows in which several texts follow one prompt, without scores that a mask discards.

A mask says who sees whom, but fused attention computes all S x S scores of a row and then throws
most of them away: of nine completions of 64 tokens after a prompt of 128 three quarters. Here a
prompt is attended to by itself, and each completion by itself with its prompt's keys before it.

The mask stays what a model is given. One that knows its texts (`with_texts`) is served this way
where a layer hands it to fused attention as it is, any other way of computing finds a plain mask.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import AttentionInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward

NAME = "sdpa"  # transformers' name of torch's fused attention, which stands for this one from here
TEXTS = "rondo_texts"


@dataclass(frozen=True)
class Texts:
    """Where the M completions of B rows lie; L tokens at most, after a prompt of P at most.

    own: (M, L), places in the flattened (B * S) rows; told: which of them are not padding.
    seen: (M, P + L), places of the prompt and of the completion; mask: (M, 1, L, P + L) bool.
    """

    prompt: int
    own: Tensor
    told: Tensor
    seen: Tensor
    mask: Tensor

    @classmethod
    def of(
        cls, prompts: list[int], lengths: list[list[int]], *, width: int, device: Any
    ) -> "Texts":
        """prompts: tokens of each row's; lengths: of its completions, which follow it in order.

        width: S.
        """
        starts, counts, rows = [], [], []
        for row, (start, completions) in enumerate(zip(prompts, lengths, strict=True)):
            for count in completions:
                starts.append(row * width + start)
                counts.append(count)
                rows.append(row)
                start += count
        longest, shared = max(counts), max(prompts)
        step, before = torch.arange(longest), torch.arange(shared)
        real = step < torch.tensor(counts)[:, None]
        own = torch.where(real, torch.tensor(starts)[:, None] + step, 0)
        row_of, known = torch.tensor(rows), torch.tensor(prompts)
        seen = torch.cat([row_of[:, None] * width + before, own], dim=1)
        sees = torch.cat(
            [
                (before < known[row_of][:, None])[:, None].expand(-1, longest, -1),
                (step[:, None] >= step) & real[:, None],
            ],
            dim=2,
        )
        sees[..., 0] |= ~real  # a place of padding sees something: softmax of nothing is NaN
        told = real.flatten().nonzero()[:, 0]
        tensors = (own, told, seen, sees[:, None])
        return cls(shared, *(tensor.to(device) for tensor in tensors))


def with_texts(mask: Tensor, texts: Texts) -> Tensor:
    """`mask`, which says the same to whoever does not look for `texts`."""
    setattr(mask, TEXTS, texts)
    return mask


def attend(
    module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    **how: Any,
) -> tuple[Tensor, None]:
    """(B, S, heads, d) of query, key, value (B, heads, S, d): what transformers' own gives."""
    texts: Texts | None = getattr(attention_mask, TEXTS, None)
    if texts is None or how.get("position_bias") is not None or query.shape[2] != key.shape[2]:
        plain: tuple[Tensor, None] = sdpa_attention_forward(
            module, query, key, value, attention_mask, **how
        )
        return plain
    prompt = slice(0, texts.prompt)
    first, _ = sdpa_attention_forward(
        module, query[:, :, prompt], key[:, :, prompt], value[:, :, prompt], None, **how
    )
    own = _taken(query, texts.own)
    keys, values = _taken(key, texts.seen), _taken(value, texts.seen)
    second, _ = sdpa_attention_forward(module, own, keys, values, texts.mask, **how)
    batch, _, width, _ = query.shape
    whole = torch.nn.functional.pad(first, (0, 0, 0, 0, 0, width - texts.prompt))
    flat = whole.reshape(batch * width, *whole.shape[2:])
    told = second.flatten(0, 1).index_select(0, texts.told)
    return flat.index_copy(0, texts.own.flatten().index_select(0, texts.told), told).view(
        batch, width, *whole.shape[2:]
    ), None


def _taken(states: Tensor, places: Tensor) -> Tensor:
    """(M, heads, N, d) of states (B, heads, S, d) at places (M, N) of all rows."""
    flat = states.transpose(1, 2).flatten(0, 1)
    taken = flat.index_select(0, places.flatten())  # whose gradient is quick, unlike that of [ ]
    return taken.view(*places.shape, *flat.shape[1:]).transpose(1, 2)


AttentionInterface.register(NAME, attend)
