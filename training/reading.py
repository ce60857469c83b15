"""How likely a policy holds texts to be that follow one prompt, which is computed once for all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from training import losses
from training.processes import Alone, in_step
from training.rankings import Ranking, batches_by_tokens


class Ranked(Protocol):
    def ranking_logits(self, rankings: Sequence[Ranking], *, pad_id: int) -> Tensor:
        """(N, V): what predicts each token of each completion, ranking after ranking."""


@dataclass(frozen=True)
class Reader:
    """Reads texts. policy: a Ranked, and an nn.Module."""

    policy: Any
    pad_id: int
    temperature: float
    tokens: int  # padded ones at a time

    def logprobs(self, rankings: Sequence[Ranking]) -> Tensor:
        """Of each completion after its prompt, in nats, (M,), ranking after ranking."""
        logits = self.policy.ranking_logits(rankings, pad_id=self.pad_id)
        texts = [text for one in rankings for text in one.completions]
        tokens = torch.tensor([token for text in texts for token in text], device=logits.device)
        each = losses.token_logprobs(logits, tokens, temperature=self.temperature)
        return torch.stack([text.sum() for text in each.split([len(text) for text in texts])])

    def parts(self, rankings: Sequence[Ranking]) -> Iterator[list[int]]:
        """Places of rankings of like length, at most `tokens` padded tokens (or one ranking)."""
        return batches_by_tokens(rankings, tokens=self.tokens)

    @torch.no_grad()
    def read(
        self,
        rankings: Sequence[Ranking],
        *,
        processes: Alone | None = None,
        spare: Sequence[Ranking] = (),
    ) -> list[list[float]]:
        """The log-probabilities of each ranking's texts.

        processes: those that read others meanwhile, and maybe `spare` (`processes.in_step`).
        """
        found: list[list[float]] = [[] for _ in rankings]
        for places, counts_for in in_step(processes or Alone(), self.parts(rankings), []):
            part = [rankings[place] for place in places] if counts_for else spare
            values = self.logprobs(part).split([len(one.completions) for one in part])
            for place, own in zip(places, values, strict=False):
                found[place] = own.tolist()
        return found
