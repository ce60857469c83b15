"""Short demonstrations share a row, so that little of a batch is padding.

Each sees itself alone (a block mask) and its positions begin at 0, so it has the loss that it has
in a row of its own. A batch has as many demonstrations as before, in fewer rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from training.backbone import Backbone
from training.folder import Row

IGNORED = -100  # the label of tokens outside the loss
ROW_TOKENS = 512  # in a row of several, at most
ATTENTION = 4096  # in a row of so many tokens attention costs as much as all else, about
Batch = dict[str, Tensor]


def collator_for(model: Any, examples: Sequence[Row], *, pad_id: int) -> "Collator":
    """With rows of several demonstrations where this model can do that, which is tried.

    Not where a demonstration is longer than a layer's window, which a mask of ours would not know;
    nor where experts are balanced, which counts tokens by a mask of rows.
    """
    backbone = Backbone(model.base_model)
    longest = max(len(example["input_ids"]) for example in examples)
    sees_all = backbone.window is None or longest <= backbone.window
    has_experts = hasattr(model.config, "output_router_logits")
    packs = sees_all and not has_experts and backbone.shares_rows
    return Collator(pad_id, backbone if packs else None)


def shared_rows(lengths: Sequence[int]) -> list[list[int]]:
    """The places of texts that share each row, in rows as long as costs the least."""
    longest = max(lengths)
    rooms = range(longest, max(longest, ROW_TOKENS) + 1, 8)
    return min((filled(lengths, room) for room in rooms), key=lambda rows: cost(rows, lengths))


def filled(lengths: Sequence[int], room: int) -> list[list[int]]:
    """Rows of at most `room` tokens: a long text opens a row, what fits in fills it."""
    rows: list[list[int]] = []
    left: list[int] = []
    for place in sorted(range(len(lengths)), key=lambda place: (-lengths[place], place)):
        fits = [row for row, tokens in enumerate(left) if lengths[place] <= tokens]
        row = min(fits, key=left.__getitem__, default=len(rows))
        if row == len(rows):
            rows.append([])
            left.append(room)
        rows[row].append(place)
        left[row] -= lengths[place]
    return rows


def cost(rows: Sequence[Sequence[int]], lengths: Sequence[int]) -> int:
    """Of all tokens, padding included, and of what each of them looks at."""
    width = max(sum(lengths[place] for place in row) for row in rows)
    return len(rows) * width * (width + ATTENTION)


@dataclass(frozen=True)
class Collator:
    """Examples as a batch. backbone: of the model that packs rows; None for a row each."""

    pad_id: int
    backbone: Backbone | None = None

    def __call__(self, examples: Sequence[Row]) -> Batch:
        lengths = [len(example["input_ids"]) for example in examples]
        rows = shared_rows(lengths) if self.backbone else [[n] for n in range(len(examples))]
        ids, labels, texts, positions = (
            padded([[number for place in row for number in one[place]] for row in rows], fill)
            for one, fill in (
                ([example["input_ids"] for example in examples], self.pad_id),
                ([example["labels"] for example in examples], IGNORED),
                ([[place] * length for place, length in enumerate(lengths)], -1),
                ([range(length) for length in lengths], 0),
            )
        )
        if len(rows) == len(examples) or self.backbone is None:
            return {"input_ids": ids, "labels": labels, "attention_mask": (texts >= 0).long()}
        mask = (texts[:, :, None] == texts[:, None, :]).tril()[:, None]
        return {
            "input_ids": ids,
            "labels": labels,
            "position_ids": positions,
            "attention_mask": self.backbone.mask_as_taken(mask),
        }


def padded(rows: Sequence[Sequence[int]], fill: int) -> Tensor:
    """(B, S), filled up on the right."""
    longest = max(map(len, rows))
    return torch.tensor([[*row, *[fill] * (longest - len(row))] for row in rows])
