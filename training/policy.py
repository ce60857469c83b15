"""The policy: a causal language model whose log-probabilities count. Shapes: `training.rows`."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from training.backbone import WHOLE, Backbone, head_on
from training.rankings import Ranking, apart, pack
from training.rows import Rows
from training.tuning import Tuning


class Actor(Protocol):
    def logits(self, rows: Rows) -> Tensor:
        """(N, V): what predicts each response token."""


class Policy(nn.Module):
    """A causal language model; its head runs on what predicts responses only.

    forbid: what the sampler does to logits, so that both mean the same distribution.
    """

    def __init__(
        self, model: Any, tuning: Tuning = WHOLE, *, forbid: Callable[[Tensor], Tensor]
    ) -> None:
        super().__init__()
        if tuning.lora_rank:
            model.requires_grad_(requires_grad=False)
        self.model = model
        self.backbone = Backbone(model.base_model, tuning)
        self.forbid = forbid

    def tune(self) -> None:
        """Where the model keeps still, let matrices beside it learn."""
        self.backbone.tune(self.model)

    def logits(self, rows: Rows) -> Tensor:
        """(N, V), as the model's own forward gives them."""
        with (
            self.backbone.standing(rows.ids, rows.lengths),
            head_on(self.model, *rows.predicting()),
        ):
            logits: Tensor = self.model(input_ids=rows.ids, use_cache=False).logits[0]
        return self._forbidden(logits)

    def ranking_logits(self, rankings: Sequence[Ranking], *, pad_id: int) -> Tensor:
        """(N, V): what predicts each token of each completion, ranking after ranking.

        A prompt is computed once, where the model can do that and sees the whole of each text.
        """
        backbone, device = self.backbone, self.model.device
        if not backbone.shares_prompts_of(max(ranking.longest for ranking in rankings)):
            return self.logits(apart(rankings, pad_id=pad_id, device=device))
        packed = pack(rankings, pad_id=pad_id, device=device)
        how = {"positions": packed.positions, "mask": backbone.mask_as_taken(packed.mask)}
        with (
            backbone.standing(packed.ids, packed.lengths, **how),
            head_on(self.model, *packed.predicting),
        ):
            logits: Tensor = self.model(
                input_ids=packed.ids,
                position_ids=how["positions"],
                attention_mask=how["mask"],
                use_cache=False,
            ).logits[0]
        return self._forbidden(logits)

    @torch.no_grad()
    def _forbidden(self, logits: Tensor) -> Tensor:
        """In place and untold: a token without a chance has a gradient of 0 in any case."""
        return self.forbid(logits)
