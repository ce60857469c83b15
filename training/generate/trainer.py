"""Stage generate: completions of a model for prompts.

Each completion has a random stream of its own, from the seed, its prompt's id and its position:
in float32 the texts do not depend on batches, on the order of the prompts or on interruptions. (In
bf16, as on a GPU, what shares a batch can change the rounding and so a token.)
"""

import time

import torch
from transformers import PreTrainedModel

from training.chat import Chat
from training.chat_check import facts
from training.contract.events import Sample as Shown
from training.contract.said import say
from training.contract.tables import LENGTH, STOP
from training.errors import BadInputError, StoppedError
from training.folder import JobFolder, Row
from training.generate.spec import GenerateSpec
from training.kept_rows import KeptRows
from training.models import load_policy
from training.processes import seed_of
from training.prompts import fitting
from training.sampling import Request, Sample, Sampling, engine_of, text_of

ROWS = "completions.parquet"


def generate(folder: JobFolder) -> None:
    spec = folder.spec(GenerateSpec)
    prompts = folder.read_table(spec, "prompts")
    model, chat = load_policy(spec.model, dtype=torch.float32 if spec.exact else None)
    if len({prompt["prompt_id"] for prompt in prompts}) < len(prompts):
        raise BadInputError(say("a prompt is named twice"))
    room = model.config.max_position_embeddings - spec.max_new_tokens
    taken, dropped = fitting(folder, prompts, chat, room=room)
    harvest = Harvest(folder, chat, taken)
    started = time.monotonic()
    try:
        harvest.sample(spec, model)
    except StoppedError:
        harvest.kept.save()
        raise
    rows = sorted(harvest.rows, key=lambda row: (str(row["prompt_id"]), row["position"]))
    folder.write_table(spec, "completions", rows)
    stops = sum(row["finish_reason"] == STOP for row in rows)
    folder.result(
        {
            "completions": len(rows),
            "dropped_prompts": len(prompts) - len(taken),
            "dropped": dropped,
            "tokens": sum(row["tokens"] for row in rows),
            "eos_rate": stops / len(rows) if rows else None,
            "seconds": round(time.monotonic() - started, 1),
            "template_hash": chat.template_hash,
            **facts(model, chat),
        }
    )


class Harvest:
    """The completions so far, and the prompts that still have none."""

    def __init__(self, folder: JobFolder, chat: Chat, prompts: list[Row]) -> None:
        self.folder = folder
        self.chat = chat
        self.kept = KeptRows(folder, ROWS)
        self.rows = self.kept.rows
        if self.rows:
            folder.log(say("going on after {n} completions", n=len(self.rows)))
        done = {row["prompt_id"] for row in self.rows}
        self.left = [prompt for prompt in prompts if prompt["prompt_id"] not in done]
        self.total = len(self.rows) + sum(prompt["n"] for prompt in self.left)

    def sample(self, spec: GenerateSpec, model: PreTrainedModel) -> None:
        self.folder.progress(len(self.rows), self.total, phase="generate")
        requests = [
            Request(
                prompt["ids"],
                [seed_of(spec.seed, prompt["prompt_id"], place) for place in range(prompt["n"])],
            )
            for prompt in self.left
        ]
        sampling = Sampling(
            max_new_tokens=spec.max_new_tokens, temperature=spec.temperature, top_p=spec.top_p
        )
        prompts = [] if spec.exact else [prompt["ids"] for prompt in self.left]
        engine = engine_of(spec.model, model, self.chat, prompts=prompts, log=self.folder.log)
        engine.sample(
            requests,
            sampling=sampling,
            batch_size=spec.batch_size,
            on_done=self.add,
            check_stop=self.folder.check_stop,
        )

    def add(self, done: dict[int, list[Sample]]) -> None:
        shown: list[Shown] = []
        for place, samples in done.items():
            rows = [
                to_row(self.left[place], *numbered, self.chat) for numbered in enumerate(samples)
            ]
            shown += [to_shown(self.left[place], row) for row in rows[:1]]
            self.rows += rows
        self.folder.progress(len(self.rows), self.total, phase="generate")
        self.folder.sample(len(self.rows), shown)
        self.kept.save_now_and_then()


def to_row(prompt: Row, position: int, sample: Sample, chat: Chat) -> Row:
    return {
        "prompt_id": prompt["prompt_id"],
        "position": position,
        "text": text_of(sample, chat),
        "tokens": len(sample.ids),
        "finish_reason": STOP if sample.finished else LENGTH,
    }


def to_shown(prompt: Row, row: Row) -> Shown:
    asked = prompt["messages"][-1]["content"]
    return {"prompt_id": row["prompt_id"], "prompt": asked, "text": row["text"], "reward": None}
