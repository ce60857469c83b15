"""Rankings as models read them: a row each, the prompt once, its completions after it.

Each completion sees the prompt and itself (a block mask), and its positions go on from the prompt's
end, so a row gives what one forward per completion gives, for a fraction of the tokens.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from training.attention import Texts, with_texts
from training.chat import Chat
from training.contract.said import say
from training.errors import BadInputError
from training.losses import strict_pairs, tied_pairs
from training.prompts import REFUSED, TOO_LONG, Dropped
from training.rows import Rows

CPU_TOKENS = 768  # more at once are no faster there and keep more activations


@dataclass(frozen=True)
class Ranking:
    """Completions of one prompt as token ids, and their positions in tiers, best first.

    weight: how much it counts in the loss.
    """

    annotation_id: int
    annotator: str
    prompt: list[int]
    completions: list[list[int]]
    tiers: list[list[int]]
    weight: float = 1.0

    @property
    def tokens(self) -> int:
        return len(self.prompt) + sum(map(len, self.completions))

    @property
    def longest(self) -> int:
        """Tokens of the prompt and the longest completion."""
        return len(self.prompt) + max(map(len, self.completions))


@dataclass(frozen=True)
class Packed:
    """B rankings of M completions in all. ids, positions: (B, S); mask: (B, 1, S, S) bool.

    lengths: (B,); ends: (row, position) of each completion's last token, (M,) each; predicting: of
    the state that predicts each of their N tokens, (N,) each.
    """

    ids: Tensor
    positions: Tensor
    mask: Tensor
    lengths: Tensor
    ends: tuple[Tensor, Tensor]
    predicting: tuple[Tensor, Tensor]


def pack(rankings: Sequence[Ranking], *, pad_id: int, device: torch.device | str = "cpu") -> Packed:
    longest = max(ranking.tokens for ranking in rankings)
    ids, positions, blocks, ends, predicting = [], [], [], [], []
    for row, ranking in enumerate(rankings):
        start = len(ranking.prompt)
        row_ids, row_positions, row_blocks = list(ranking.prompt), list(range(start)), [0] * start
        for block, completion in enumerate(ranking.completions, start=1):
            before = [start - 1, *range(len(row_ids), len(row_ids) + len(completion) - 1)]
            predicting += [(row, position) for position in before]
            row_ids += completion
            row_positions += range(start, start + len(completion))
            row_blocks += [block] * len(completion)
            ends.append((row, len(row_ids) - 1))
        padding = longest - len(row_ids)
        ids.append(row_ids + [pad_id] * padding)
        positions.append(row_positions + [0] * padding)
        blocks.append(row_blocks + [-1] * padding)
    block_of = torch.tensor(blocks, device=device)
    same = block_of[:, :, None] == block_of[:, None, :]
    causal = torch.ones(longest, longest, dtype=torch.bool, device=device).tril()
    mask = ((same | (block_of == 0)[:, None, :]) & causal)[:, None]
    texts = Texts.of(
        [len(ranking.prompt) for ranking in rankings],
        [[len(completion) for completion in ranking.completions] for ranking in rankings],
        width=longest,
        device=device,
    )
    return Packed(
        ids=torch.tensor(ids, device=device),
        positions=torch.tensor(positions, device=device),
        mask=with_texts(mask, texts),
        lengths=torch.tensor([ranking.tokens for ranking in rankings], device=device),
        ends=_places(ends, device),
        predicting=_places(predicting, device),
    )


def at_once(tokens: int, device: torch.device) -> int:
    """Of so many tokens at a time as many as this device gains from."""
    return min(tokens, CPU_TOKENS) if device.type == "cpu" else tokens


def _places(found: list[tuple[int, int]], device: torch.device | str) -> tuple[Tensor, Tensor]:
    row, position = torch.tensor(found, device=device).T
    return row, position


def apart(rankings: Sequence[Ranking], *, pad_id: int, device: torch.device | str = "cpu") -> Rows:
    """Each completion in a row of its own, after its prompt, ranking after ranking."""
    texts = [(one.prompt, text) for one in rankings for text in one.completions]
    prompts, completions = zip(*texts, strict=True)
    return Rows.of(prompts, completions, pad_id=pad_id, device=device)


def batches_by_tokens(rankings: Sequence[Ranking], *, tokens: int) -> Iterator[list[int]]:
    """Places of rankings of like length, at most `tokens` padded tokens (or one ranking)."""
    batch: list[int] = []
    for place in sorted(range(len(rankings)), key=lambda place: rankings[place].tokens):
        if batch and (len(batch) + 1) * rankings[place].tokens > tokens:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def check_tiers(ranking: Ranking) -> None:
    """BadInputError when tiers name a position twice or one that is not there, or for a bad weight.

    Rankings share a batch: a position too high would be another ranking's completion.
    """
    named = [position for tier in ranking.tiers for position in tier]
    if len(set(named)) < len(named) or not set(named) <= set(range(len(ranking.completions))):
        raise BadInputError(
            say(
                "annotation {annotation_id}: {tiers} are no tiers of {n} completions",
                annotation_id=ranking.annotation_id,
                tiers=ranking.tiers,
                n=len(ranking.completions),
            )
        )
    if not 0 <= ranking.weight <= 1:
        raise BadInputError(
            say(
                "annotation {annotation_id}: {weight} is no weight",
                annotation_id=ranking.annotation_id,
                weight=ranking.weight,
            )
        )


def once_each(tiers: Sequence[Sequence[int]], texts: Sequence[Hashable]) -> list[list[int]]:
    """`tiers` without a text that stands in two of them, and with each other text once.

    So no pair has equal texts: neither a strict nor a tied one.
    """
    tiers_of: dict[Hashable, dict[int, int]] = defaultdict(dict)  # text -> tier -> first place
    for number, tier in enumerate(tiers):
        for place in tier:
            tiers_of[texts[place]].setdefault(number, place)
    kept = {place for found in tiers_of.values() if len(found) == 1 for place in found.values()}
    left = [[place for place in tier if place in kept] for tier in tiers]
    return [tier for tier in left if tier]


def encode_rankings(
    rows: Iterable[dict[str, Any]], chat: Chat, *, max_tokens: int, ties: str = "none"
) -> tuple[list[Ranking], Dropped]:
    """The rankings that can be learned from, and those that cannot. rows: RANKINGS.

    A completion that is empty or, with its prompt, has more than `max_tokens` is left out of its
    ranking: `texts` names the prompt of each. A ranking goes if nothing is left to compare:
    no_pair: all was tied, same_text: all that is left stands in several tiers (as text, or as the
    tokens that the template makes of it), too_long and empty: through what was left out, refused:
    the template takes no such turns, weightless: its weight is 0. BadInputError where tiers name
    what is not there, and for a weight that is none.
    """
    usable: list[Ranking] = []
    dropped: defaultdict[str, list[int]] = defaultdict(list)
    for row in rows:
        try:
            whole = encode_ranking(row, chat)
        except BadInputError:
            dropped[REFUSED].append(row["prompt_id"])
            continue
        check_tiers(whole)
        if not whole.weight:
            dropped["weightless"].append(row["prompt_id"])
            continue
        for texts in row["completions"], list(map(tuple, whole.completions)):
            whole = replace(whole, tiers=once_each(whole.tiers, texts))
        room = max_tokens - len(whole.prompt)
        kept = [place for place, ids in enumerate(whole.completions) if 0 < len(ids) <= room]
        ranking = part_of(whole, kept)
        if teaches(ranking, ties):
            usable.append(ranking)
            if lost := len(whole.completions) - len(kept):
                dropped["texts"] += [row["prompt_id"]] * lost
            continue
        if not teaches(whole, ties):
            reason = "same_text" if strict_pairs(row["tiers"]) else "no_pair"
        else:
            reason = TOO_LONG if any(len(ids) > room for ids in whole.completions) else "empty"
        dropped[reason].append(row["prompt_id"])
    return usable, dict(dropped)


def encode_ranking(row: dict[str, Any], chat: Chat) -> Ranking:
    return Ranking(
        annotation_id=row["annotation_id"],
        annotator=row["annotator"],
        prompt=chat.prompt(row["messages"]),
        completions=[
            chat.completion(text, finished)
            for text, finished in zip(row["completions"], row["finished"], strict=True)
        ],
        tiers=row["tiers"],
        weight=1.0 if row.get("weight") is None else row["weight"],
    )


def newest(rankings: Sequence[Ranking], *, completions: int) -> Sequence[Ranking]:
    """The last rankings, enough for so many completions: most are what the present policy wrote."""
    count = 0
    for first in reversed(range(len(rankings))):
        count += len(rankings[first].completions)
        if count >= completions:
            return rankings[first:]
    return rankings


def part_of(ranking: Ranking, kept: Sequence[int]) -> Ranking:
    """The ranking of the completions at these places, in their order."""
    if len(kept) == len(ranking.completions):
        return ranking
    now = {place: number for number, place in enumerate(kept)}
    tiers = [[now[place] for place in tier if place in now] for tier in ranking.tiers]
    return replace(
        ranking,
        completions=[ranking.completions[place] for place in kept],
        tiers=[tier for tier in tiers if tier],
    )


def teaches(ranking: Ranking, ties: str) -> bool:
    """Whether there is a pair to learn from."""
    return bool(strict_pairs(ranking.tiers) or (ties == "half" and tied_pairs(ranking.tiers)))
