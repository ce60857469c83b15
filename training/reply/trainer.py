"""Stage reply: one model, loaded once, that samples whenever somebody has asked.

What waits is sampled together; what comes meanwhile waits for the end of that. Texts are never
written to the events: conversations stay in the mailbox, which is emptied as they are stored.
"""

import time
from collections.abc import Mapping
from typing import Any

from training.chat import Chat
from training.contract.files import REPLYING
from training.contract.mailbox import Mailbox
from training.contract.tables import LENGTH, STOP
from training.conversations import conversation
from training.errors import BadInputError
from training.folder import JobFolder, Row
from training.models import load_policy
from training.prompts import REFUSED, TOO_LONG
from training.reply.spec import ReplySpec
from training.sampling import Request, Sample, Sampling, engine_of, text_of

LOOK_SECONDS = 0.05


def reply(folder: JobFolder) -> None:
    spec = folder.spec(ReplySpec)
    desk = Desk(folder, spec.model)
    started = time.monotonic()
    desk.tell()
    while True:
        folder.check_stop()
        closed = desk.mailbox.is_closed  # before the last look: what was asked first is answered
        if asked := desk.mailbox.asked():
            desk.answer(asked)
        elif closed:
            break
        else:
            time.sleep(LOOK_SECONDS)
    folder.result(
        {
            "replies": desk.replies,
            "tokens": desk.tokens,
            "seconds": round(time.monotonic() - started, 1),
            "template_hash": desk.chat.template_hash,
        }
    )


class Desk:
    """The model, and what it has written so far."""

    def __init__(self, folder: JobFolder, model: str) -> None:
        self.folder, self.path = folder, model
        self.mailbox = Mailbox(folder.path)
        self.model, self.chat = load_policy(model)
        self.engine: Any = None
        self.replies = self.tokens = 0

    def tell(self) -> None:
        """Say that it is there and works: how long it stays nobody knows."""
        self.folder.progress(self.replies, max(self.replies, 1), phase=REPLYING)

    def answer(self, asked: Mapping[int, Row]) -> None:
        """Reply to those that are to be sampled as the first of them is, and refuse what cannot be.

        The others are asked again at the next look.
        """
        first = sampling_of(next(iter(asked.values())))
        some = {key: row for key, row in asked.items() if sampling_of(row) == first}
        prompts: dict[int, list[int]] = {}
        for key, row in some.items():
            ids = self.read(row, first)
            if isinstance(ids, str):
                self.mailbox.reply(key, {"problem": ids})
            else:
                prompts[key] = ids
        if not prompts:
            return
        keys = list(prompts)
        if self.engine is None:
            self.engine = engine_of(
                self.path,
                self.model,
                self.chat,
                prompts=list(prompts.values()),
                log=self.folder.log,
            )

        def send(done: Mapping[int, list[Sample]]) -> None:
            for place, samples in done.items():
                self.send(keys[place], samples)

        self.engine.sample(
            [Request(prompts[key], some[key]["seeds"]) for key in keys],
            sampling=first,
            on_done=send,
            check_stop=self.folder.check_stop,
        )

    def read(self, row: Row, sampling: Sampling) -> list[int] | str:
        """The conversation's ids, or why the model cannot take it."""
        try:
            ids = self.chat.prompt(conversation(row))
        except BadInputError:
            return REFUSED
        room = self.model.config.max_position_embeddings - sampling.max_new_tokens
        return ids if len(ids) <= room else TOO_LONG

    def send(self, key: int, samples: list[Sample]) -> None:
        self.mailbox.reply(key, {"replies": [as_row(sample, self.chat) for sample in samples]})
        self.replies += len(samples)
        self.tokens += sum(len(sample.ids) for sample in samples)
        self.tell()


def sampling_of(row: Row) -> Sampling:
    return Sampling(max_new_tokens=row["max_new_tokens"], temperature=row["temperature"])


def as_row(sample: Sample, chat: Chat) -> Row:
    return {
        "text": text_of(sample, chat),
        "tokens": len(sample.ids),
        "finish_reason": STOP if sample.finished else LENGTH,
    }
