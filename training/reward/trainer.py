"""Train a reward model on rankings (InstructGPT, eq. 1), normalise it, measure it on others."""

from collections.abc import Sequence
from functools import partial

import torch

from training import losses
from training.artifacts import write_folder
from training.chat import Chat
from training.demonstrations import Encoded, encode_demonstrations
from training.errors import BadInputError
from training.folder import JobFolder
from training.models import dtype_in
from training.pair_metrics import judged_pairs, pair_metrics
from training.processes import start
from training.prompts import counts_of, named, together
from training.rankings import Ranking, encode_rankings, newest
from training.reward import learning
from training.reward.spec import RewardSpec
from training.reward.steps import train
from training.reward_model import RewardModel
from training.scoring import raw_rewards, score_tokens
from training.tuning import Tuning
from training.weights import balanced, effective

SMALLEST_SPREAD = 0.01  # of raw rewards, whose differences are log-odds: a twentieth is nothing
SCALE_SAMPLES = 512  # texts that gain and bias are measured on, at most


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


def reward(folder: JobFolder) -> None:
    """Train, normalise, measure; model/ gets the reward model."""
    spec = folder.spec(RewardSpec)
    processes = start()
    model, chat = RewardModel.start(spec.model, Tuning.of(spec, spec.model))
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
    measured = {"rankings": len(heldout), **pair_metrics(judged)}
    write_folder(folder.model, partial(model.save, chat=chat, base=spec.model))
    result = {
        "rankings": len(rankings),
        "effective": effective(rankings),
        "pairs": sum(len(losses.strict_pairs(ranking.tiers)) for ranking in rankings),
        "skipped": skipped,
        "dropped": dropped,
        "spread": spread,
        "useless": useless,
        "gain": float(model.gain),
        "bias": float(model.bias),
        "heldout": measured,
        "template_hash": chat.template_hash,
    }
    del model  # further ones are trained in its place
    accuracy = measured["accuracy"]
    result["learning"] = learning.points(folder, spec, rankings, heldout, accuracy=accuracy)
    folder.result(result)
