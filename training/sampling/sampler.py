"""Requests become rows; rows that are done make room for those that wait."""

import gc
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from transformers import PreTrainedModel

from training.chat import Chat
from training.errors import is_out_of_memory
from training.sampling.decoding import Decoder, room_for
from training.sampling.memory import rows_that_fit
from training.sampling.packing import packed
from training.sampling.requests import Request, Sample, Sampling

# Prompts are prefilled so many tokens at a time, padding included.
PREFILL_TOKENS = {"cpu": 4096, "cuda": 16384}
REFILL = 4  # once a quarter of the places is free: a prefill of many prompts costs less

OnDone = Callable[[dict[int, list[Sample]]], None]


def sample(
    model: PreTrainedModel,
    requests: Sequence[Request],
    *,
    sampling: Sampling,
    chat: Chat,
    batch_size: int = 0,
    on_done: OnDone = lambda done: None,
    check_stop: Callable[[], None] = lambda: None,
    log: Callable[[str], None] = lambda text: None,
) -> list[list[Sample]]:
    """For each request its samples, in the order of its seeds.

    batch_size: rows at once, at most; 0 for as many as memory holds. Where it holds fewer after
    all, half as many go on with what is left, and `log` hears of it. `on_done` gets the samples of
    requests, by their places, some at a time, as they are done. `check_stop` is called for each
    token and may raise.
    """
    if not requests:
        return []
    total = sum(len(request.seeds) for request in requests)
    longest = max(len(request.prompt) for request in requests)
    tokens = room_for(longest, sampling, waits=True)
    rows = batch_size or total
    if rows > 1:
        rows = min(rows, total, rows_that_fit(model, tokens=tokens, sampling=sampling))
    run = Run(model, requests, sampling, chat, on_done, check_stop)
    prefill = PREFILL_TOKENS.get(model.device.type, PREFILL_TOKENS["cpu"])
    while not run.attempt(rows, prefill=prefill):
        rows, prefill = rows // 2, max(1, prefill // 2)
        log(f"out of memory: going on with {rows} texts at a time")
        gc.collect()
        if model.device.type == "cuda":
            torch.cuda.empty_cache()
    return run.samples


@dataclass(frozen=True)
class Part:
    """Rows of the request at `place` that are prefilled together: all, unless they are too many."""

    place: int
    numbers: Sequence[int]
    request: Request


class Run:
    """What is done of `requests`, and how the rest is."""

    def __init__(
        self,
        model: PreTrainedModel,
        requests: Sequence[Request],
        sampling: Sampling,
        chat: Chat,
        on_done: OnDone,
        check_stop: Callable[[], None],
    ) -> None:
        self.model, self.requests, self.sampling, self.chat = model, requests, sampling, chat
        self.on_done, self.check_stop = on_done, check_stop
        self.samples: list[list[Sample]] = [[Sample()] * len(one.seeds) for one in requests]
        self.missing = [set(range(len(one.seeds))) for one in requests]
        self.told: set[int] = set()

    def attempt(self, rows: int, *, prefill: int) -> bool:
        """Do what is left, `rows` at once; whether memory was enough. A single row's must be."""
        try:
            self.go_on(rows, prefill=prefill)
        except Exception as error:
            if rows == 1 or not is_out_of_memory(error):
                raise
            return False
        finally:
            self.tell()
        return True

    @torch.inference_mode()
    def go_on(self, rows: int, *, prefill: int) -> None:
        waiting = deque(self.parts(rows))
        if not waiting:
            return
        places = min(rows, sum(len(part.numbers) for part in waiting))
        decoder = Decoder(
            self.model,
            self.chat,
            sampling=self.sampling,
            places=places,
            longest=len(waiting[0].request.prompt),
            waits=sum(len(part.numbers) for part in waiting) > rows,
            check_stop=self.check_stop,
        )
        with packed(self.model, rows=places, steps=self.sampling.max_new_tokens):
            self.draw(decoder, waiting, prefill=prefill)

    def draw(self, decoder: Decoder, waiting: deque[Part], *, prefill: int) -> None:
        """All that waits."""
        untold = 0
        while waiting or decoder.rows:
            if waiting and may_add(decoder, waiting[0]):
                self.add(decoder, waiting, prefill=prefill)
            for row, one in decoder.run():
                self.samples[row.request][row.number] = one
                self.missing[row.request].discard(row.number)
                untold += 1
            if untold * REFILL >= decoder.places:
                self.tell()
                untold = 0

    def parts(self, rows: int) -> Iterator[Part]:
        """What is missing; long prompts first, so that memory fails early and the next ones fit."""
        for place in sorted(range(len(self.requests)), key=lambda n: -len(self.requests[n].prompt)):
            request, missing = self.requests[place], sorted(self.missing[place])
            for first in range(0, len(missing), rows):
                numbers = missing[first : first + rows]
                seeds = [request.seeds[number] for number in numbers]
                yield Part(place, numbers, Request(request.prompt, seeds))

    def add(self, decoder: Decoder, waiting: deque[Part], *, prefill: int) -> None:
        """As many as there is room for, in one prefill after another."""
        while waiting and len(waiting[0].numbers) <= decoder.free:
            width = len(waiting[0].request.prompt)
            taken: list[Part] = []
            free = decoder.free
            while waiting and len(waiting[0].numbers) <= free:
                if taken and (len(taken) + 1) * width > prefill and decoder.refills:
                    break
                taken.append(waiting.popleft())
                free -= len(taken[-1].numbers)
            decoder.add([(part.place, part.numbers, part.request) for part in taken])
            if not decoder.refills:
                break

    def tell(self) -> None:
        """Hand over what is whole and has not been yet."""
        done = [
            place
            for place, missing in enumerate(self.missing)
            if not missing and place not in self.told
        ]
        self.told.update(done)
        if done:
            self.on_done({place: self.samples[place] for place in done})


def may_add(decoder: Decoder, part: Part) -> bool:
    """Whether enough places are free: all of them, where none can be filled beside others."""
    if not decoder.rows:
        return True
    return decoder.refills and decoder.free >= max(len(part.numbers), decoder.places // REFILL)
