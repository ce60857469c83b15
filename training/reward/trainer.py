"""Train a reward model on rankings (InstructGPT, eq. 1), normalise it, measure it on others."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from training import losses
from training.artifacts import newest_verified, write_checkpoint, write_folder
from training.chat import Chat
from training.errors import BadInputError, DivergedError, StoppedError
from training.folder import JobFolder
from training.models import dtype_in
from training.pair_metrics import accuracy, judged_pairs, pair_metrics
from training.processes import (
    Alone,
    any_of,
    averages,
    in_turn,
    permutation,
    start,
    sum_gradients,
)
from training.prompts import counts_of, named, together
from training.rankings import (
    LowerStates,
    Ranking,
    batches_by_tokens,
    encode_rankings,
    newest,
    pack,
)
from training.reward.spec import RewardSpec
from training.reward_model import RewardModel
from training.rows import freeze_lower, trained
from training.scoring import Ranker, device_of, raw_rewards, score_tokens
from training.state import State
from training.weights import balanced, effective

GRADIENT_CLIP = 1.0
FINAL_RATE = 0.1  # of the cosine schedule
SMALLEST_SPREAD = 0.01  # of raw rewards, whose differences are log-odds: a twentieth is nothing
SCALE_SAMPLES = 512  # texts that gain and bias are measured on, at most

Encoded = tuple[list[int], list[int]]  # a prompt and a text


def ranking_gradients(
    model: Ranker,
    batch: Sequence[Ranking],
    *,
    pad_id: int,
    ties: str,
    rankings: float,
    states: LowerStates | None = None,
    tokens: int = RewardSpec.micro_batch_tokens,
) -> dict[str, float]:
    """Accumulate gradients of the mean loss over `rankings`; sums over this process's share."""
    sums = {"loss": 0.0, "right": 0.0, "pairs": 0.0, "margin": 0.0}
    for places in batches_by_tokens(batch, tokens=tokens):
        part = [batch[place] for place in places]
        packed = pack(part, pad_id=pad_id, device=device_of(model))
        rewards = model.raw_packed(states.add(packed, part) if states else packed)
        tiers, weights = [r.tiers for r in part], [r.weight for r in part]
        loss = losses.ranking_losses(rewards, tiers, packed.counts, ties=ties, weights=weights)
        (loss / rankings).backward()
        sums["loss"] += loss.item()
        scores = [one.tolist() for one in rewards.detach().split(packed.counts)]
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
    states: LowerStates | None = None,
    tokens: int = RewardSpec.micro_batch_tokens,
) -> dict[str, float]:
    """One step on a batch of rankings, of which this process takes its share."""
    share = batch[processes.rank :: processes.count]
    sums = ranking_gradients(
        model, share, pad_id=pad_id, ties=ties, rankings=len(batch), states=states, tokens=tokens
    )
    parameters = list(trained(model).values())
    sum_gradients(processes, parameters)
    norm = float(nn.utils.clip_grad_norm_(parameters, GRADIENT_CLIP))
    stats = averages(
        processes,
        {
            "loss": (sums["loss"], len(share)),
            "accuracy": (sums["right"], sums["pairs"]),
            "margin": (sums["margin"], sums["pairs"]),
        },
    )
    if not math.isfinite(norm + stats["loss"]):
        raise DivergedError("the loss is not finite")
    optimiser.step()
    optimiser.zero_grad()
    return {**stats, "gradient": norm}


@dataclass(frozen=True)
class Schedule:
    """Steps over shuffled epochs, and a cosine from the full rate to a tenth of it."""

    spec: RewardSpec
    rankings: int

    @property
    def steps_per_epoch(self) -> int:
        return math.ceil(self.rankings / self.spec.batch_size)

    @property
    def steps(self) -> int:
        return self.spec.epochs * self.steps_per_epoch

    def share(self, step: int) -> float:
        """Of the learning rates, in this step."""
        progress = step / max(self.steps - 1, 1)
        cosine = 0.5 * (1 + math.cos(math.pi * progress))
        return FINAL_RATE + (1 - FINAL_RATE) * cosine

    def batch(self, step: int) -> list[int]:
        epoch, place = divmod(step, self.steps_per_epoch)
        order = permutation(self.rankings, self.spec.seed, "rankings", epoch).tolist()
        size = self.spec.batch_size
        return order[place * size : (place + 1) * size]


def normalise(
    model: RewardModel,
    chat: Chat,
    rankings: Sequence[Ranking],
    demonstrations: Sequence[Encoded],
) -> float:
    """Give the completions that were ranked last sd 1 and the demonstrations mean 0.

    Without demonstrations it is the completions' own mean that becomes 0. Returns the sd of the raw
    rewards; one below SMALLEST_SPREAD is noise, and is not blown up.
    """
    few = newest(rankings, completions=SCALE_SAMPLES)
    samples = torch.tensor(
        [reward for row in raw_rewards(model, few, pad_id=chat.pad_id) for reward in row]
    )
    model.set_scale(gain=1.0, bias=0.0)
    centre = samples
    if shown := demonstrations[:SCALE_SAMPLES]:
        prompts, texts = [prompt for prompt, _ in shown], [text for _, text in shown]
        centre = torch.tensor(score_tokens(model, prompts, texts, pad_id=chat.pad_id))
    spread = float(samples.std(correction=0))
    gain = 1.0 / max(spread, SMALLEST_SPREAD)
    model.set_scale(gain=gain, bias=-gain * float(centre.mean()))
    return spread


def encode_demonstrations(
    rows: Sequence[dict[str, Any]], chat: Chat, *, max_tokens: int
) -> list[Encoded]:
    """Those that the template takes and that are not too long, as prompt and text."""
    encoded = [
        (chat.prompt(row["messages"]), chat.completion(row["completion"], finished=True))
        for row in rows
        if chat.takes(row["messages"])
    ]
    return [(prompt, text) for prompt, text in encoded if len(prompt) + len(text) <= max_tokens]


def reward(folder: JobFolder) -> None:
    """Train, normalise, measure; model/ gets the reward model."""
    spec = folder.spec(RewardSpec)
    processes = start()
    model, chat = RewardModel.start(spec.model, frozen_layers=spec.frozen_layers)
    freeze_lower(model.backbone, spec.frozen_layers)
    train_rows, heldout_rows = (folder.read_table(spec, name) for name in ("train", "heldout"))
    rankings, dropped = encode_rankings(
        train_rows, chat, max_tokens=spec.max_tokens, ties=spec.ties
    )
    heldout, dropped_heldout = encode_rankings(heldout_rows, chat, max_tokens=spec.max_tokens)
    skipped = counts_of(dropped)
    dropped = together(dropped, dropped_heldout)
    folder.log(f"{len(rankings)} rankings to train on, {len(heldout)} held out, skipped {skipped}")
    for reason, ids in dropped.items():
        folder.warn(f"{len(ids)} left out, {reason}; prompts {named(ids)}")
    if not rankings:
        raise BadInputError(
            "no ranking is left that says that one completion is better than another; "
            f"left out: {skipped}"
        )
    rankings = balanced(rankings)
    steps = train(folder, spec, model, chat, rankings, processes=processes)
    if not folder.is_main:
        return
    folder.progress(steps, steps, phase="measure")
    model.keep_as(dtype_in(spec.model))
    demonstrations = encode_demonstrations(
        folder.read_table(spec, "demonstrations"), chat, max_tokens=spec.max_tokens
    )
    spread = normalise(model, chat, rankings, demonstrations)
    if useless := spread < SMALLEST_SPREAD:
        folder.warn(
            f"This reward model is useless: its rewards differ by {spread:.1g}, which is noise. "
            "PPO would follow that noise. Train on more rankings, for more steps, or at a higher "
            "rate; do texts in different tiers differ at all?"
        )
    judged = judged_pairs(heldout, raw_rewards(model, heldout, pad_id=chat.pad_id))
    write_folder(folder.model, lambda to: model.save(to, chat, dtype=dtype_in(spec.model)))
    folder.result(
        {
            "rankings": len(rankings),
            "effective": effective(rankings),
            "pairs": sum(len(losses.strict_pairs(ranking.tiers)) for ranking in rankings),
            "skipped": skipped,
            "dropped": dropped,
            "spread": spread,
            "useless": useless,
            "gain": float(model.gain),
            "bias": float(model.bias),
            "heldout": {"rankings": len(heldout), **pair_metrics(judged)},
            "template_hash": chat.template_hash,
        }
    )


def train(
    folder: JobFolder,
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
    states = LowerStates(model, pad_id=chat.pad_id, keep=spec.epochs > 1)
    with in_turn(processes):
        found = newest_verified(folder.checkpoints, on_skip=folder.warn)
    first = int(state.load(found)["step"]) if found else 0

    def keep(step: int) -> None:
        if folder.is_main:
            write_checkpoint(folder.checkpoints, step, lambda to: state.save(to, step=step))
        processes.wait()

    for step in range(first, schedule.steps):
        folder.progress(step, schedule.steps, phase="reward")
        if any_of(processes, folder.stop_requested):
            keep(step)
            raise StoppedError(f"stopped on request before step {step + 1}, checkpoint written")
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
            processes=processes,
            states=states,
            tokens=spec.micro_batch_tokens,
        )
        stats |= {"learning_rate": share * spec.learning_rate, "seconds": time.monotonic() - began}
        folder.metric(step + 1, stats)
        if (step + 1) % spec.checkpoint_every == 0:
            keep(step + 1)
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
