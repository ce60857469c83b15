"""Train a reward model on rankings (InstructGPT, eq. 1), normalise it, measure it on others."""

from dataclasses import replace
from functools import partial

from training import losses
from training.artifacts import write_folder
from training.contract.said import say
from training.demonstrations import encode_demonstrations
from training.folder import JobFolder
from training.models import context_in, dtype_in
from training.pair_metrics import judged_pairs, pair_metrics
from training.processes import loads_to, start
from training.ranking_tables import usable_rankings
from training.reward import learning
from training.reward.scale import SMALLEST_SPREAD, normalise, written_now
from training.reward.spec import RewardSpec
from training.reward.steps import train
from training.reward_model import RewardModel
from training.scoring import raw_rewards
from training.sharding import require_nothing_frozen, shard, whole
from training.tuning import Tuning
from training.weights import balanced, effective


def reward(folder: JobFolder) -> None:
    """Train, normalise, measure; model/ gets the reward model."""
    spec = folder.spec(RewardSpec)
    spec = replace(spec, max_tokens=min(spec.max_tokens, context_in(spec.model)))
    processes = start()
    require_nothing_frozen(processes, spec.frozen_layers)
    model, chat = RewardModel.start(spec.model, Tuning.of(spec, spec.model), to=loads_to())
    shard(model, model.backbone.decoder, processes)
    rankings, heldout, left_out = usable_rankings(
        folder, spec, chat, max_tokens=spec.max_tokens, ties=spec.ties
    )
    rankings = balanced(rankings)
    steps = train(folder, spec, model, chat, rankings, processes=processes)
    if not (folder.is_main or processes.shards):  # then all compute what only one writes
        return
    folder.progress(steps, steps, phase="measure")
    model.keep_as(dtype_in(spec.model))
    demonstrations = encode_demonstrations(
        folder.read_table(spec, "demonstrations"), chat, max_tokens=spec.max_tokens
    )
    texts = written_now(folder, spec, chat, processes)
    spread = normalise(model, chat, rankings, demonstrations, texts)
    if useless := spread < SMALLEST_SPREAD:
        folder.warn(
            say(
                "This reward model is useless: its rewards differ by {spread}, "
                "which is noise. PPO would follow that noise. Train on more "
                "rankings, for more steps, or at a higher rate; do texts in "
                "different tiers differ at all?",
                spread=f"{spread:.1g}",
            )
        )
    judged = judged_pairs(heldout, raw_rewards(model, heldout, pad_id=chat.pad_id))
    measured = {"rankings": len(heldout), **pair_metrics(judged)}
    tensors = whole(model.model, processes)
    if folder.is_main:
        save = partial(model.save, chat=chat, base=spec.model, tensors=tensors)
        write_folder(folder.model, save)
    result = {
        "rankings": len(rankings),
        "effective": effective(rankings),
        "pairs": sum(len(losses.strict_pairs(ranking.tiers)) for ranking in rankings),
        **left_out,
        "spread": spread,
        "useless": useless,
        "gain": float(model.gain),
        "bias": float(model.bias),
        "heldout": measured,
        "template_hash": chat.template_hash,
    }
    del model, tensors  # further ones are trained in its place
    accuracy = measured["accuracy"]
    result["learning"] = learning.points(
        folder, spec, rankings, heldout, accuracy=accuracy, processes=processes
    )
    folder.result(result)
