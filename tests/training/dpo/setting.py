"""The small setting of the tests of DPO: a table of tokens for a policy, and rankings of tokens."""

import torch
from torch import Tensor, nn

from training.dpo.texts import Example
from training.rankings import Ranking, apart
from training.reading import Reader
from training.rows import Rows

PROMPT = [0]


class TablePolicy(nn.Module):
    """One logit a token, whatever came before."""

    def __init__(self, logits: Tensor) -> None:
        super().__init__()
        self.table = nn.Parameter(logits.clone())

    def logits(self, rows: Rows) -> Tensor:
        return self.table.expand(len(rows.response_tokens()), -1)

    def ranking_logits(self, rankings: list[Ranking], *, pad_id: int) -> Tensor:
        return self.logits(apart(rankings, pad_id=pad_id))


def reader_of(policy: nn.Module, *, tokens: int = 10_000, temperature: float = 1.0) -> Reader:
    return Reader(policy, 0, temperature, tokens=tokens)


def examples_of(policy: nn.Module, rankings: list[Ranking], **how: float) -> list[Example]:
    """With what `policy` holds of their texts now."""
    reference = reader_of(policy, **how).read(rankings)
    return [Example(*pair) for pair in zip(rankings, reference, strict=True)]


def ranking(texts: list[list[int]], tiers: list[list[int]], *, weight: float = 1.0) -> Ranking:
    return Ranking(1, "ada", PROMPT, texts, tiers, weight)


def drawn_rankings(count: int, *, vocabulary: int, seed: int = 0) -> list[Ranking]:
    """Of two to five texts of any length, some of them tied."""
    generator = torch.Generator().manual_seed(seed)

    def number(low: int, high: int) -> int:
        return int(torch.randint(low, high, (1,), generator=generator))

    def ids(most: int) -> list[int]:
        size = (number(1, most),)
        return torch.randint(3, vocabulary, size, generator=generator).tolist()

    found = []
    for place in range(count):
        texts = [ids(9) for _ in range(number(2, 6))]
        order = torch.randperm(len(texts), generator=generator).tolist()
        tiers = [order[:1], order[1:3], *([order[3:]] if order[3:] else [])]
        found.append(Ranking(place, "ada", ids(12), texts, tiers))
    return found
