"""How likely a policy holds the texts of rankings to be, and what it held before it was trained."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from training import losses
from training.contract import files
from training.contract.manifest import put_in_place
from training.contract.said import say
from training.errors import StoppedError
from training.folder import JobFolder
from training.policy import Actor
from training.processes import Alone, any_of
from training.rankings import Ranking
from training.reading import Reader
from training.rows import Rows

PART = 256  # rankings whose reference is kept at a time, so that a stop costs no more


@dataclass(frozen=True)
class Example:
    """A ranking, and the log-probability of each of its texts before the training, in nats."""

    ranking: Ranking
    reference: list[float]


def token_logprobs(policy: Actor, rows: Rows, *, temperature: float) -> Tensor:
    """(B, T), 0 behind a row's end."""
    mask = rows.response_mask()
    each = losses.token_logprobs(
        policy.logits(rows), rows.response_tokens(), temperature=temperature
    )
    return each.new_zeros(mask.shape).masked_scatter(mask, each)


def with_reference(
    folder: JobFolder, name: str, reader: Reader, rankings: Sequence[Ranking], processes: Alone
) -> list[Example]:
    """The rankings with what the policy, which must be as it started, holds of their texts.

    So no second model is held while it learns. Kept in the job's scratch folder; StoppedError when
    a stop was asked for.
    """
    found: list[list[float]] = []
    for first in range(0, len(rankings), PART):
        part = rankings[first : first + PART]
        kept = folder.path / files.SCRATCH / f"reference-{name}-{first}.json"
        if any_of(processes, not kept.is_file()):
            if any_of(processes, folder.stop_requested):
                raise StoppedError(say("stopped on request before the first step"))
            folder.progress(first, len(rankings), phase="reference")
            values = _shared(reader, part, processes)
            if folder.is_main:
                kept.parent.mkdir(exist_ok=True, mode=0o700)
                unfinished = kept.with_name(f"tmp-{kept.name}")
                unfinished.write_text(json.dumps(values), encoding="utf-8")
                put_in_place(unfinished, kept)
        else:
            values = json.loads(kept.read_text(encoding="utf-8"))
        found += values
    return [Example(*pair) for pair in zip(rankings, found, strict=True)]


def _shared(reader: Reader, rankings: Sequence[Ranking], processes: Alone) -> list[list[float]]:
    """Each process reads its share."""
    own = range(processes.rank, len(rankings), processes.count)
    counts = [len(one.completions) for one in rankings]
    table = torch.zeros(len(rankings), max(counts), dtype=torch.float64)
    read = reader.read([rankings[n] for n in own], processes=processes, spare=rankings[:1])
    for place, values in zip(own, read, strict=True):
        table[place, : len(values)] = torch.tensor(values, dtype=torch.float64)
    rows = processes.sum(table).tolist()
    return [row[:count] for row, count in zip(rows, counts, strict=True)]
