"""Stage dpo: a policy learns rankings by its own log-probabilities, and is measured on others.

What the reference, the model that it starts from, holds of all texts is computed once, before the
first step: while it learns there is one model in memory.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from training import losses
from training.artifacts import write_folder
from training.backbone import twin
from training.chat import Chat
from training.dpo.samples import Writer
from training.dpo.spec import DPOSpec
from training.dpo.steps import adam, judge, train_step
from training.dpo.texts import Example, with_reference
from training.folder import JobFolder
from training.kept import Kept
from training.models import dtype_in, load_policy, round_to, save_model
from training.pair_metrics import pair_metrics
from training.policy import Policy
from training.processes import Alone, loads_to, start
from training.prompts import fitting
from training.ranking_tables import usable_rankings
from training.rankings import Ranking, at_once
from training.reading import Reader
from training.schedule import Schedule
from training.sharding import Known, require_nothing_frozen, shard, whole
from training.state import State
from training.tuning import Tuning
from training.weights import balanced, effective


def dpo(folder: JobFolder) -> None:
    """Train, measure; model/ gets the policy."""
    spec = folder.spec(DPOSpec)
    processes = start()
    require_nothing_frozen(processes, spec.frozen_layers)
    tuning = Tuning.of(spec, spec.model)
    model, chat = load_policy(spec.model, dtype=tuning.weights, to=loads_to())
    context = int(model.config.max_position_embeddings)
    rankings, heldout, left_out = read_rankings(folder, spec, chat, context=context)
    prompts, _ = fitting(
        folder, folder.read_table(spec, "samples"), chat, room=context - spec.max_new_tokens
    )
    policy = Policy(model, tuning, forbid=chat.forbid)
    # Beside weights that keep still the reference costs nothing; else it is loaded at the end.
    reference = twin(policy) if spec.lora_rank else None
    policy.tune()  # which changes nothing yet
    known: Known = {}
    for one in (policy, reference):
        if one is not None:
            shard(one, one.model, processes, known)
    del known  # it holds what was whole
    reader = Reader(
        policy,
        chat.pad_id,
        spec.temperature,
        tokens=at_once(spec.micro_batch_tokens, model.device),
    )
    run = Run(
        folder=folder,
        spec=spec,
        reader=reader,
        writer=Writer(folder, spec, chat, prompts),
        examples=with_reference(folder, "train", reader, balanced(rankings), processes),
        heldout=with_reference(folder, "heldout", reader, heldout, processes),
        processes=processes,
    )
    steps = run.train()
    if not (folder.is_main or processes.shards):  # then all compute what only one writes
        return
    folder.progress(steps, steps, phase="measure")
    if not spec.lora_rank:  # what is measured is what is saved
        round_to(model, dtype_in(spec.model))
    measured = pair_metrics(judge(reader, run.heldout, spec))
    if reference is None:
        before, _ = load_policy(spec.model, dtype=tuning.weights, to=loads_to())
        reference = Policy(before, tuning, forbid=chat.forbid)
        shard(reference, before, processes)
    written = run.writer.measure(policy, reference, steps)
    tensors = whole(model, processes)
    if folder.is_main:
        write_folder(
            folder.model, lambda to: save_model(to, model, chat, base=spec.model, tensors=tensors)
        )
    folder.result(
        {
            "steps": steps,
            "rankings": len(rankings),
            "effective": effective(rankings),
            "pairs": sum(len(losses.strict_pairs(ranking.tiers)) for ranking in rankings),
            **left_out,
            "heldout": {"rankings": len(heldout), **measured},
            **written,
            "template_hash": chat.template_hash,
        }
    )


def read_rankings(
    folder: JobFolder, spec: DPOSpec, chat: Chat, *, context: int
) -> tuple[list[Ranking], list[Ranking], dict[str, Any]]:
    """Those that fit the model's context too, see `usable_rankings`."""
    return usable_rankings(folder, spec, chat, max_tokens=min(spec.max_tokens, context))


@dataclass(frozen=True)
class Run:
    """What lasts from step to step."""

    folder: JobFolder
    spec: DPOSpec
    reader: Reader
    writer: Writer
    examples: Sequence[Example]
    heldout: Sequence[Example]
    processes: Alone

    def train(self) -> int:
        """All steps, from the newest checkpoint on; how many they are."""
        folder, spec, processes = self.folder, self.spec, self.processes
        schedule = Schedule(spec, len(self.examples), warmup=spec.warmup)
        policy = self.reader.policy
        optimiser = adam(policy, spec.learning_rate)
        state = State(modules={"policy": policy}, optimisers={"adam": optimiser}, tensors={})
        run = Kept(folder, state, processes)
        for step in range(int(run.resume()["step"]), schedule.steps):
            folder.progress(step, schedule.steps, phase="train")
            run.leave_if_asked(step)
            if step % spec.sample_every == 0:
                self.writer.show(policy, step)
            rate = schedule.share(step) * spec.learning_rate
            optimiser.param_groups[0]["lr"] = rate
            batch = [self.examples[place] for place in schedule.batch(step)]
            stats = train_step(self.reader, optimiser, batch, spec=spec, processes=processes)
            folder.metric(step + 1, {**stats, "learning_rate": rate})
            if (step + 1) % schedule.steps_per_epoch == 0:
                self.measure(step + 1)
            if (step + 1) % spec.checkpoint_every == 0:
                run.keep(step + 1)
        return schedule.steps

    def measure(self, step: int) -> None:
        """At the end of an epoch: how the policy orders rankings that it does not learn from."""
        if self.heldout and (self.folder.is_main or self.processes.shards):
            pairs = judge(self.reader, self.heldout, self.spec)
            found = pair_metrics(pairs)
            values = {
                "heldout_accuracy": found["accuracy"],
                "heldout_log_loss": found["log_loss"],
                "heldout_margin": fmean(pair.margin for pair in pairs),
            }
            self.folder.metric(step, values)
