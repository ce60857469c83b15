"""What a reward model says of the texts that the model writes after each epoch.

InstructGPT chose its SFT model so (2203.02155, sec. 3.5: "We do our final SFT model selection based
on the RM score on the validation set"), as the loss on demonstrations rises long before people like
the texts less.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from transformers import PreTrainedModel

from training.chat import Chat
from training.contract.said import say
from training.errors import BadInputError
from training.folder import JobFolder, Row
from training.models import context_in, load_chat
from training.processes import Alone, permutation, seed_of
from training.prompts import NONE, fitting
from training.reward_model import RewardModel
from training.sampling import Request, Sample, Sampling, sample, text_of
from training.scoring import score_tokens
from training.sft.spec import REWARD, SFTSpec
from training.tuning import Tuning

if TYPE_CHECKING:
    from training.contract.events import Sample as Shown

SHOWN = 4  # of the texts, on the run's page


@dataclass(frozen=True)
class Writer:
    """Answers the same prompts with the same random numbers each time. prompts: with `ids`."""

    folder: JobFolder
    spec: SFTSpec
    chat: Chat
    tuning: Tuning
    prompts: list[Row]

    @classmethod
    def of(cls, folder: JobFolder, spec: SFTSpec, chat: Chat, tuning: Tuning) -> "Writer | None":
        """None where no reward model chooses.

        BadInputError where it reads conversations written otherwise, or there is no prompt.
        """
        if spec.kept != REWARD:
            return None
        room = min(context_in(spec.model), context_in(spec.reward_model)) - spec.max_new_tokens
        if load_chat(Path(spec.reward_model)).template_hash != chat.template_hash:
            raise BadInputError(
                say(
                    "model and reward model write conversations differently: it cannot "
                    "score these texts. Let the held-out loss choose the epoch"
                )
            )
        asked = {row["prompt_id"]: row for row in folder.read_table(spec, "heldout")}
        fit, dropped = fitting(folder, list(asked.values()), chat, room=room)
        if not fit:
            raise BadInputError(
                say(
                    "no held-out demonstration's prompt is there for the reward model "
                    "to choose by; left out: {counts}. Let the held-out loss choose the "
                    "epoch",
                    counts=dropped or NONE,
                )
            )
        order = permutation(len(fit), spec.seed, "scored").tolist()
        return cls(folder, spec, chat, tuning, [fit[n] for n in order[: spec.score_prompts]])

    def mean_reward(
        self, model: PreTrainedModel, step: int, processes: Alone | None = None
    ) -> float:
        """Of a text for each prompt, as the model, which is whole, writes it now.

        Several processes share the prompts.
        """
        processes = processes or Alone()
        prompts = self.prompts[processes.rank :: processes.count]
        with as_it_samples(model), self.tuning.sampling(model.device.type):
            texts = self.write(model, prompts, alone=processes.count == 1)
        rewards = self.scores(prompts, texts)
        self.show(step, prompts, texts, rewards)
        return fmean(processes.together(rewards))

    def write(self, model: PreTrainedModel, prompts: list[Row], *, alone: bool) -> list[Sample]:
        """A process that is alone leaves in the middle when it is asked to."""
        written = 0

        def on_done(done: dict[int, list[Sample]]) -> None:
            nonlocal written
            written += len(done)
            self.folder.progress(written, len(prompts), phase="measure")

        seeds = [seed_of(self.spec.seed, "scored", prompt["prompt_id"]) for prompt in prompts]
        found = sample(
            model,
            [Request(row["ids"], [one]) for row, one in zip(prompts, seeds, strict=True)],
            sampling=Sampling(
                max_new_tokens=self.spec.max_new_tokens, temperature=self.spec.temperature
            ),
            chat=self.chat,
            on_done=on_done,
            check_stop=self.folder.check_stop if alone else lambda: None,
            log=self.folder.warn,
        )
        return [one for (one,) in found]

    def scores(self, prompts: list[Row], texts: list[Sample]) -> list[float]:
        """Normalised ones, by the reward model, which is in memory meanwhile and no longer."""
        reward, chat = RewardModel.load(self.spec.reward_model)
        ids, ends = [row["ids"] for row in prompts], [chat.closed(one.ids) for one in texts]
        found = score_tokens(reward, ids, ends, pad_id=chat.pad_id)
        del reward
        gc.collect()
        return found

    def show(
        self, step: int, prompts: list[Row], texts: list[Sample], rewards: list[float]
    ) -> None:
        """The first ones."""
        both = zip(prompts, texts, rewards, strict=True)
        shown: list[Shown] = [
            {
                "prompt_id": row["prompt_id"],
                "prompt": row["messages"][-1]["content"],
                "text": text_of(one, self.chat),
                "reward": reward,
            }
            for row, one, reward in list(both)[:SHOWN]
        ]
        self.folder.sample(step, shown)


@contextmanager
def as_it_samples(model: PreTrainedModel) -> Iterator[None]:
    """Within it `model` is as it was loaded, without what its trainer put around it.

    That is a forward that multiplies in the trainer's precision, and of a mixture of experts the
    figures by which they are balanced, which no model has while it samples.
    """
    config, was_training = model.config.get_text_config(), model.training
    balanced = getattr(config, "output_router_logits", None)
    forward = model.__dict__.pop("forward", None)
    model.eval()
    if balanced:
        config.output_router_logits = False
    try:
        yield
    finally:
        if balanced:
            config.output_router_logits = balanced
        if forward is not None:
            model.__dict__["forward"] = forward
        model.train(was_training)
