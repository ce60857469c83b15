"""The steps by which a policy learns rankings (DPO, eq. 7), to be read from top to bottom."""

import math
import time
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from training import losses
from training.contract.said import say
from training.dpo.spec import DPOSpec
from training.dpo.texts import Example
from training.errors import DivergedError
from training.pair_metrics import JudgedPair, accuracy, judged_pairs
from training.processes import Alone, averages, in_step
from training.reading import Reader
from training.rows import trained
from training.sharding import sum_and_clip

GRADIENT_CLIP = 1.0


def rewards_of(examples: Sequence[Example], logprobs: Tensor, spec: DPOSpec) -> Tensor:
    """Implicit rewards of all texts, (M,), of the policy's log-probabilities (M,)."""
    reference = logprobs.new_tensor([value for one in examples for value in one.reference])
    lengths = [len(text) for one in examples for text in one.ranking.completions]
    return losses.implicit_rewards(
        logprobs,
        reference,
        beta=spec.beta,
        lengths=logprobs.new_tensor(lengths) if spec.length_normalised else None,
    )


def batch_gradients(
    reader: Reader,
    batch: Sequence[Example],
    *,
    spec: DPOSpec,
    rankings: float,
    processes: Alone | None = None,
    spare: Sequence[Example] = (),
) -> dict[str, float]:
    """Accumulate gradients of the mean loss over `rankings`; sums over this process's share.

    A text is read once, however many pairs it stands in. spare: what a process computes while
    others have more parts (`processes.in_step`).
    """
    sums = dict.fromkeys(
        ("loss", "pairs", "right", "chosen", "rejected", "chosen_logp", "rejected_logp"), 0.0
    )
    cut = reader.parts([one.ranking for one in batch])
    parts = [[batch[place] for place in places] for places in cut]
    for part, counts_for in in_step(processes or Alone(), parts, list(spare)):
        logprobs = reader.logprobs([one.ranking for one in part])
        rewards = rewards_of(part, logprobs, spec)
        tiers = [one.ranking.tiers for one in part]
        counts = [len(one.ranking.completions) for one in part]
        loss = losses.ranking_losses(
            rewards,
            tiers,
            counts,
            weights=[one.ranking.weight for one in part],
            smoothing=spec.label_smoothing,
            offset=spec.tier_offset,
        )
        (loss / rankings if counts_for else 0 * loss).backward()
        if not counts_for:
            continue
        sums["loss"] += loss.item()
        first = 0
        for own, count in zip(tiers, counts, strict=True):
            better, worse = (
                [first + place for place in side]
                for side in zip(*losses.strict_pairs(own), strict=True)
            )
            first += count
            values, likely = rewards.detach(), logprobs.detach()
            sums["pairs"] += len(better)
            sums["right"] += accuracy(values[better] - values[worse]) * len(better)
            sums["chosen"] += values[better].sum().item()
            sums["rejected"] += values[worse].sum().item()
            sums["chosen_logp"] += likely[better].sum().item()
            sums["rejected_logp"] += likely[worse].sum().item()
    return sums


def train_step(
    reader: Reader,
    optimiser: torch.optim.Optimizer,
    batch: Sequence[Example],
    *,
    spec: DPOSpec,
    processes: Alone,
) -> dict[str, float]:
    """One step on a batch of rankings, of which this process takes its share."""
    began = time.monotonic()
    share = batch[processes.rank :: processes.count]
    sums = batch_gradients(
        reader, share, spec=spec, rankings=len(batch), processes=processes, spare=batch[:1]
    )
    norm = sum_and_clip(processes, trained(reader.policy).values(), most=GRADIENT_CLIP)
    pairs = sums["pairs"]
    stats = averages(
        processes,
        {
            "loss": (sums["loss"], len(share)),
            "accuracy": (sums["right"], pairs),
            "margin": (sums["chosen"] - sums["rejected"], pairs),
            "chosen": (sums["chosen"], pairs),
            "rejected": (sums["rejected"], pairs),
            "chosen_logp": (sums["chosen_logp"], pairs),
            "rejected_logp": (sums["rejected_logp"], pairs),
        },
    )
    if not math.isfinite(norm + stats["loss"]):
        raise DivergedError(say("the loss is not finite"))
    optimiser.step()
    optimiser.zero_grad()
    return {**stats, "gradient": norm, "seconds": time.monotonic() - began}


def judge(reader: Reader, examples: Sequence[Example], spec: DPOSpec) -> list[JudgedPair]:
    """The pairs of rankings, as the policy's implicit rewards order them."""
    rankings = [one.ranking for one in examples]
    logprobs = torch.tensor([value for own in reader.read(rankings) for value in own])
    rewards = rewards_of(examples, logprobs, spec)
    counts = [len(one.completions) for one in rankings]
    return judged_pairs(rankings, [own.tolist() for own in rewards.split(counts)])


def adam(policy: Any, rate: float) -> torch.optim.Optimizer:
    """As in the other stages."""
    return torch.optim.Adam(list(trained(policy).values()), lr=rate, betas=(0.9, 0.95), fused=True)
