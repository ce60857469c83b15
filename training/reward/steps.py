"""The steps by which a reward model learns rankings (InstructGPT, eq. 1)."""

import math
import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import torch

from training import kept, losses
from training.chat import Chat
from training.contract.said import say
from training.errors import DivergedError
from training.kept import Kept
from training.pair_metrics import accuracy, judged_pairs
from training.processes import Alone, averages, in_step
from training.rankings import Ranking, at_once, batches_by_tokens
from training.reward.spec import RewardSpec
from training.reward_model import RewardModel
from training.rows import trained
from training.schedule import Schedule
from training.scoring import Ranker
from training.sharding import sum_and_clip
from training.state import State

GRADIENT_CLIP = 1.0


def ranking_gradients(
    model: Ranker,
    batch: Sequence[Ranking],
    *,
    pad_id: int,
    ties: str,
    rankings: float,
    offset: float = 0.0,
    tokens: int = RewardSpec.micro_batch_tokens,
    processes: Alone | None = None,
    spare: Sequence[Ranking] = (),
) -> dict[str, float]:
    """Accumulate gradients of the mean loss over `rankings`; sums over this process's share.

    offset: by how much a text has to score higher for each tier (Llama 2, 2307.09288, eq. 2).
    spare: what a process computes while others have more parts (`processes.in_step`).
    """
    sums = {"loss": 0.0, "right": 0.0, "pairs": 0.0, "margin": 0.0}
    parts = [[batch[place] for place in some] for some in batches_by_tokens(batch, tokens=tokens)]
    for part, counts_for in in_step(processes or Alone(), parts, list(spare)):
        rewards = model.raw_rankings(part, pad_id=pad_id)
        tiers, weights = [r.tiers for r in part], [r.weight for r in part]
        counts = [len(r.completions) for r in part]
        loss = losses.ranking_losses(
            rewards, tiers, counts, ties=ties, weights=weights, offset=offset
        )
        (loss / rankings if counts_for else 0 * loss).backward()
        if not counts_for:
            continue
        sums["loss"] += loss.item()
        scores = [one.tolist() for one in rewards.detach().split(counts)]
        margins = torch.tensor([pair.margin for pair in judged_pairs(part, scores)])
        if len(margins):
            sums["right"] += accuracy(margins) * len(margins)
            sums["margin"] += margins.sum().item()
            sums["pairs"] += len(margins)
    return sums


def train_step(
    model: Any,
    optimiser: torch.optim.Optimizer,
    batch: Sequence[Ranking],
    *,
    pad_id: int,
    ties: str,
    processes: Alone,
    offset: float = 0.0,
    tokens: int = RewardSpec.micro_batch_tokens,
) -> dict[str, float]:
    """One step on a batch of rankings, of which this process takes its share."""
    share = batch[processes.rank :: processes.count]
    sums = ranking_gradients(
        model,
        share,
        pad_id=pad_id,
        ties=ties,
        rankings=len(batch),
        offset=offset,
        tokens=tokens,
        processes=processes,
        spare=batch[:1],
    )
    norm = sum_and_clip(processes, trained(model).values(), most=GRADIENT_CLIP)
    stats = averages(
        processes,
        {
            "loss": (sums["loss"], len(share)),
            "accuracy": (sums["right"], sums["pairs"]),
            "margin": (sums["margin"], sums["pairs"]),
        },
    )
    if not math.isfinite(norm + stats["loss"]):
        raise DivergedError(say("the loss is not finite"))
    optimiser.step()
    optimiser.zero_grad()
    return {**stats, "gradient": norm}


class Folder(kept.Folder, Protocol):
    """What `train` asks of a job's folder, or of a part of one."""

    def progress(self, step: int, total: int, *, phase: str) -> None:
        """Where it is."""

    def metric(self, step: int, values: Mapping[str, float | None]) -> None:
        """Figures of a step."""


def train(
    folder: Folder,
    spec: RewardSpec,
    model: RewardModel,
    chat: Chat,
    rankings: Sequence[Ranking],
    *,
    processes: Alone,
) -> int:
    """All steps, from the newest checkpoint on; how many they are."""
    schedule = Schedule(spec, len(rankings))
    rates = {"body": spec.learning_rate, "head": spec.head_learning_rate}
    optimiser = adam(model, rates)
    state = State(modules={"model": model}, optimisers={"adam": optimiser}, tensors={})
    run = Kept(folder, state, processes)
    for step in range(int(run.resume()["step"]), schedule.steps):
        folder.progress(step, schedule.steps, phase="reward")
        run.leave_if_asked(step)
        began = time.monotonic()
        share = schedule.share(step)
        for group in optimiser.param_groups:
            group["lr"] = share * rates[group["name"]]
        batch = [rankings[place] for place in schedule.batch(step)]
        stats = train_step(
            model,
            optimiser,
            batch,
            pad_id=chat.pad_id,
            ties=spec.ties,
            offset=spec.tier_offset,
            processes=processes,
            tokens=at_once(spec.micro_batch_tokens, model.backbone.decoder.device),
        )
        stats |= {"learning_rate": share * spec.learning_rate, "seconds": time.monotonic() - began}
        folder.metric(step + 1, stats)
        if (step + 1) % spec.checkpoint_every == 0:
            run.keep(step + 1)
    folder.progress(schedule.steps, schedule.steps, phase="reward")
    return schedule.steps


def adam(model: RewardModel, rates: dict[str, float]) -> torch.optim.Optimizer:
    """Adam with the head apart: it starts at zero and has far to go, the body is there already."""
    head = model.model.score.weight
    body = [parameter for parameter in trained(model).values() if parameter is not head]
    groups = [
        {"name": "body", "params": body, "lr": rates["body"]},
        {"name": "head", "params": [head], "lr": rates["head"]},
    ]
    return torch.optim.Adam(groups, betas=(0.9, 0.95), fused=True)
