"""Stage sft: supervised fine-tuning on demonstrations, by TRL's SFTTrainer.

TRL gets token ids and labels that we made, never text, so that a demonstration cannot forge turns
and the EOS is always learned. Short ones share a row (`training.sft.packing`): by TRL's packing a
step would not have so many demonstrations. Its checkpoints become ours, which are either whole or
not there.
On several processes accelerate fills the last batch of an epoch with the epoch's first examples.
"""

import math
import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from transformers import PreTrainedModel, PrinterCallback, TrainerCallback
from trl import SFTConfig, SFTTrainer

from training import adapters
from training.artifacts import copy_model, newest_verified, write_checkpoint, write_folder
from training.chat import Chat
from training.contract import files
from training.contract.said import say
from training.errors import BadInputError, DivergedError, StoppedError
from training.folder import JobFolder, Row
from training.models import context_in, load_policy, save_model
from training.processes import (
    Alone,
    Together,
    any_of,
    in_turn,
    loads_to,
    prepare,
    require_known,
    share_of,
)
from training.prompts import NONE, REFUSED, TOO_LONG, counts_of, together
from training.sft.examples import read_examples
from training.sft.loss import LabelTrainer
from training.sft.measures import Measures, heldout_loss
from training.sft.packing import collator_for
from training.sft.rewards import Writer
from training.sft.spec import BEST, REWARD, SFTSpec
from training.sharding import gathered, whole
from training.tuning import Tuning

SAID = {BEST: say("the lowest held-out loss"), REWARD: say("the highest reward")}
METRICS = {
    "loss": "loss",
    "learning_rate": "learning_rate",
    "grad_norm": "grad_norm",
    "entropy": "entropy",
    "mean_token_accuracy": "token_accuracy",
}


def sft(folder: JobFolder) -> None:
    spec = folder.spec(SFTSpec)
    spec = replace(spec, max_tokens=min(spec.max_tokens, context_in(spec.model)))
    prepare()
    tuning = Tuning.of(spec, spec.model)
    model, chat = load_policy(spec.model, dtype=tuning.weights, to=loads_to())
    train, dropped = read_examples(folder, "train", spec, chat)
    heldout, dropped_heldout = read_examples(folder, "heldout", spec, chat)
    if not train:
        raise BadInputError(
            say(
                "no demonstration is left to train on; left out: {counts} "
                "({too_long}: more than {max_tokens} tokens, {refused}: the "
                "model's chat template takes no such turns)",
                counts=counts_of(dropped) or NONE,
                too_long=TOO_LONG,
                max_tokens=spec.max_tokens,
                refused=REFUSED,
            )
        )
    dropped = together(dropped, dropped_heldout)
    started = time.monotonic()
    writer = Writer.of(folder, spec, chat, tuning)
    run = SFTRun(folder, model, chat, heldout, base=spec.model, kept=spec.kept, writer=writer)
    trainer = new_trainer(folder, spec, tuning, model, chat, train, run)
    run.train(trainer)
    step = run.measures.best_step or trainer.state.global_step
    if step == trainer.state.global_step:
        run.write(folder.model)
    elif folder.is_main:
        folder.log(
            say(
                "the model of step {step} has {why}: it is the one kept",
                step=step,
                why=SAID[spec.kept],
            )
        )
        write_folder(folder.model, lambda to: copy_model(run.best(step), to))
    folder.result(
        {
            "steps": trainer.state.global_step,
            "examples": len(train),
            "heldout_examples": len(heldout),
            "dropped_examples": sum(map(len, dropped.values())),
            "dropped": dropped,
            "scored_prompts": len(writer.prompts) if writer else 0,
            **run.measures.result(step),
            "chosen_step": step,
            "seconds": round(time.monotonic() - started, 1),
            "template_hash": chat.template_hash,
        }
    )


def new_trainer(
    folder: JobFolder,
    spec: SFTSpec,
    tuning: Tuning,
    model: PreTrainedModel,
    chat: Chat,
    train: list[Row],
    run: "SFTRun",
) -> SFTTrainer:
    """`model` has what learns beside its weights, if the tuning says so, when this returns."""
    cuda = torch.cuda.is_available()
    learning: Any = model
    if tuning.lora_rank:
        learning = adapters.wrapped(model, rank=tuning.lora_rank, seed=tuning.seed)
    config = SFTConfig(
        output_dir=str(folder.path / files.SCRATCH),
        seed=spec.seed,
        use_cpu=not cuda,
        bf16=tuning.compute == torch.bfloat16,
        activation_checkpointing=tuning.checkpointing,
        activation_checkpointing_kwargs={"use_reentrant": False},
        num_train_epochs=spec.epochs,
        learning_rate=spec.learning_rate,
        lr_scheduler_type="cosine_with_min_lr",
        lr_scheduler_kwargs={"min_lr_rate": 0.1},
        max_grad_norm=1.0,
        save_strategy="steps",
        save_steps=spec.checkpoint_every,
        logging_steps=1,
        logging_nan_inf_filter=False,  # a NaN has to be seen
        report_to="none",
        disable_tqdm=True,
        remove_unused_columns=False,
        dataloader_pin_memory=cuda,
        ddp_find_unused_parameters=False,
        dataset_kwargs={"skip_prepare_dataset": True},
        max_length=None,
    )
    share = share_of(spec.batch_size, config.world_size)
    rows, steps = micro_batches(share, spec.micro_batch_size)
    config.per_device_train_batch_size, config.gradient_accumulation_steps = rows, steps
    trainer = LabelTrainer(
        model=learning,
        args=config,
        train_dataset=Dataset.from_list(train),
        data_collator=collator_for(model, train, pad_id=chat.pad_id),
        processing_class=chat.tokenizer,
        callbacks=[run],
    )
    require_known(trainer.accelerator)
    trainer.remove_callback(PrinterCallback)
    return trainer


def micro_batches(batch: int, at_most: int) -> tuple[int, int]:
    """(rows at a time, how many times) that make up `batch` rows exactly."""
    rows = next(rows for rows in range(min(at_most, batch), 0, -1) if batch % rows == 0)
    return rows, batch // rows


class SFTRun(TrainerCallback):  # type: ignore[misc]  # transformers is not typed
    """What happens around TRL's steps: events, measures, checkpoints and stopping."""

    def __init__(
        self,
        folder: JobFolder,
        model: PreTrainedModel,
        chat: Chat,
        heldout: list[Row],
        *,
        base: str,
        kept: str = BEST,
        writer: Writer | None = None,
    ) -> None:
        self.folder = folder
        self.model = model
        self.learning: Any = model  # as the trainer has it
        self.chat = chat
        self.base = base
        self.heldout = heldout
        self.writer = writer
        self.processes = Alone()
        self.measures = Measures(kept)

    def best(self, step: int) -> Path:
        """While training goes on: the model of the epoch that would be kept now.

        Beside the checkpoints, as it is needed like them by whoever goes on.
        """
        return self.folder.checkpoints / f"best-{step}"

    def train(self, trainer: SFTTrainer) -> None:
        if trainer.accelerator.num_processes > 1 or trainer.accelerator.is_fsdp2:
            self.processes = Together(trainer.accelerator)
        with in_turn(self.processes):
            checkpoint = newest_verified(self.folder.checkpoints, on_skip=self.folder.warn)
        if checkpoint is not None:
            self.folder.log(say("going on from {name}", name=checkpoint.name))
            self.measures.read(checkpoint)
            best = self.measures.best_step
            if best and not self.best(best).is_dir():
                self.measures.forget_epochs()
        trainer.train(resume_from_checkpoint=checkpoint and str(checkpoint))
        if trainer.state.global_step < trainer.state.max_steps:
            raise StoppedError(say("stopped after step {step}", step=trainer.state.global_step))

    def on_train_begin(
        self, args: Any, state: Any, control: Any, model: Any = None, **_: Any
    ) -> None:
        """A checkpoint at the end of an epoch is written before that epoch's model is measured."""
        self.learning = model
        epoch = state.max_steps // int(args.num_train_epochs)
        if state.global_step % epoch == 0 and not self.measures.has(state.global_step):
            self.measure(state.global_step)
        self.folder.progress(state.global_step, state.max_steps, phase="train")

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any], **_: Any) -> None:
        if "loss" not in logs:
            return
        values = {ours: logs[theirs] for theirs, ours in METRICS.items() if theirs in logs}
        self.folder.metric(state.global_step, values)
        if not math.isfinite(logs["loss"]):
            raise DivergedError(
                say(
                    "the loss is {loss} at step {step}",
                    loss=logs["loss"],
                    step=state.global_step,
                )
            )

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.folder.progress(state.global_step, state.max_steps, phase="train")
        if any_of(self.processes, self.folder.stop_requested):
            control.should_save = control.should_training_stop = True

    def on_epoch_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if not control.should_training_stop or state.global_step == state.max_steps:
            self.measure(state.global_step)

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Move the files that the trainer wrote into a checkpoint that is whole or not there."""
        written = Path(args.output_dir) / f"checkpoint-{state.global_step}"

        def fill(target: Path) -> None:
            for path in written.iterdir():
                shutil.move(path, target / path.name)
            self.measures.write(target)

        self.processes.wait()  # until each has written its part
        if self.folder.is_main:
            write_checkpoint(self.folder.checkpoints, state.global_step, fill)
            written.rmdir()
        self.processes.wait()

    def write(self, folder: Path) -> None:
        """Make `folder` of the model as it is now; all processes do."""
        tensors = whole(self.model, self.processes)
        if self.folder.is_main:
            write_folder(
                folder,
                lambda to: save_model(to, self.model, self.chat, base=self.base, tensors=tensors),
            )

    def measure(self, step: int) -> None:
        """What is held out; the model stays, where it would be kept now."""
        found: dict[str, float] = {}
        if self.heldout:
            loss = self.processes.same(heldout_loss(self.learning, self.heldout))
            found["heldout_loss"] = self.measures.losses[str(step)] = loss
        if self.writer:
            with gathered(self.learning, self.processes.shards):
                reward = self.writer.mean_reward(self.model, step, self.processes)
            found["heldout_reward"] = self.measures.rewards[str(step)] = reward
        if found:
            self.folder.metric(step, found)
        if step and step == self.measures.best_step:
            best = self.best(step)
            self.write(best)
            if self.folder.is_main:
                for former in set(best.parent.glob("best-*")) - {best}:
                    shutil.rmtree(former)
