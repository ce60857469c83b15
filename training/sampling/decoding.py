"""Rows that draw a token at a time, and leave when they are done.

What is drawn stays on the device: the loop looks at it every so many tokens, since on a GPU each
look waits for all that was begun.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.distributed.fsdp import FSDPModule
from transformers import DynamicCache, PreTrainedModel

from training.chat import Chat
from training.sampling.cache import Columns, PlacesCache, WholeCache, can_refill, takes_masks
from training.sampling.drawing import draws, pick
from training.sampling.forward import alike, forward, left_pad
from training.sampling.recording import Recorded
from training.sampling.requests import Request, Sample, Sampling

LOOK_EVERY = {"cpu": 1, "cuda": 16}  # tokens
SPARE = 64  # columns
RECORDED = {"cuda"}  # where most of a step's time goes into launching kernels
OWN_MASKS = {"cuda"}  # where transformers' would cost a look at each token


@dataclass
class Row:
    """`request` and `number` are the caller's; `first`: the column where the prompt begins."""

    request: int
    number: int
    first: int
    drawn: int = 0


class Decoder:
    """Up to `places` rows of one model.

    longest: tokens of the longest prompt; waits: whether rows will be added to others.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        chat: Chat,
        *,
        sampling: Sampling,
        places: int,
        longest: int,
        waits: bool,
        check_stop: Callable[[], None],
    ) -> None:
        self.model, self.chat, self.sampling = model, chat, sampling
        self.places, self.check_stop = places, check_stop
        self.every = LOOK_EVERY.get(model.device.type, 1)
        # The hooks of a model in parts are Python's, which a recording leaves out.
        self.unrecordable = any(isinstance(part, FSDPModule) for part in model.modules())
        self.own_masks: bool | None = None if model.device.type in OWN_MASKS else False
        self.rows: list[Row] = []
        most, device = sampling.max_new_tokens, model.device
        self.room = room_for(longest, sampling, waits=waits)
        self.columns = Columns(at=torch.zeros(1, dtype=torch.long, device=device))
        self.recorded: Recorded | None = None
        self.cache: PlacesCache | WholeCache = (
            PlacesCache(self.columns, places=places, room=self.room)
            if can_refill(model)
            else WholeCache()
        )
        self.stops = torch.tensor(sorted(chat.stop_ids), device=device)
        self.numbers = torch.arange(self.room + 1, device=device)
        # Of each place:
        self.tokens = torch.zeros(places, most, dtype=torch.long, device=device)
        self.logprobs = torch.zeros(places, most, device=device)
        self.uniforms = torch.zeros(places, most, device=device)
        self.drawn = torch.zeros(places, dtype=torch.long, device=device)
        self.first = torch.zeros(places, dtype=torch.long, device=device)
        self.prompt = torch.zeros(places, dtype=torch.long, device=device)
        self.last = torch.zeros(places, dtype=torch.long, device=device)
        self.ended = torch.zeros(places, dtype=torch.bool, device=device)

    @property
    def free(self) -> int:
        return self.places - len(self.rows)

    @property
    def refills(self) -> bool:
        return self.cache.refills

    def add(self, requests: Sequence[tuple[int, Sequence[int], Request]]) -> None:
        """Prefill prompts, each once, and draw the first token of their rows.

        Each is (the caller's name of the request, numbers of the rows, prompt and seeds).
        """
        self.check_stop()
        prompts = [request.prompt for _, _, request in requests]
        ids, mask = left_pad(prompts, self.chat.pad_id, self.model.device)
        width = ids.shape[1]
        if not self.rows:
            self.columns.low, self.columns.high = 0, width
        prefilled = DynamicCache(config=self.model.config)
        positions = (mask.cumsum(1) - 1).clamp(min=0)
        logits = forward(self.model, ids, mask, positions, prefilled)

        origin = [place for place, (_, numbers, _) in enumerate(requests) for _ in numbers]
        source = torch.tensor(origin, device=ids.device)
        self.cache.take_in(prefilled, source, mask == 0)
        begin = self.columns.high - width
        self.columns.low = min(self.columns.low, begin)
        new = slice(len(self.rows), len(self.rows) + len(origin))
        self.prompt[new] = mask.sum(1)[source]
        self.first[new] = self.columns.high - self.prompt[new]
        self.drawn[new] = 0
        self.ended[new] = False
        seeds = [seed for _, _, request in requests for seed in request.seeds]
        self.uniforms[new] = draws(seeds, self.sampling.max_new_tokens).to(ids.device)
        self.rows += [
            Row(name, number, self.columns.high - len(request.prompt), drawn=1)
            for name, numbers, request in requests
            for number in numbers
        ]
        self.columns.rows = len(self.rows)
        self._draw(new, logits[source])

    def run(self) -> list[tuple[Row, Sample]]:
        """Draw tokens up to the next look; what is done, which has left."""
        most = self.sampling.max_new_tokens
        left = most - max(row.drawn for row in self.rows)
        for _ in range(min(self.every, left)):
            self.check_stop()
            self._step()
        return self._take_out()

    def _step(self) -> None:
        columns = self.columns
        if columns.high == self.room and self.refills:
            self._shift()
        rows = slice(0, columns.rows)
        if self.own_masks is None:
            self.own_masks = takes_masks(self.model, self.cache) and self._masks_agree(rows)
        if not (self.own_masks and self._play()):
            self._draw(rows, self._forward(rows, own_mask=self.own_masks))
        columns.high += 1
        for row in self.rows:
            row.drawn += 1

    def _play(self) -> bool:
        """Take the step by its recording; False where none can be had."""
        count = len(self.rows)
        if self.model.device.type not in RECORDED or self.unrecordable:
            return False
        self.columns.at.fill_(self.columns.high)
        if self.recorded is None or not self.recorded.fits(count):
            self.recorded = None  # its memory is for the next one
            self.recorded = Recorded.of(self.fixed_step, self._of_places(), count)
            self.unrecordable = self.recorded is None
            if self.recorded is None:
                return False
        self.recorded.play()
        return True

    def fixed_step(self, count: int) -> Tensor:
        """The next token at the first `count` places, rows or not; the logits.

        All that changes from one step to the next is in tensors that stay where they are.
        """
        places, columns = slice(0, count), self.numbers[: self.room]
        at = self.columns.at
        seen = (columns >= self.first[places, None]) & (columns <= at) | (columns == at)
        positions = (self.prompt[places] + self.drawn[places] - 1).clamp(min=0)[:, None]
        self.columns.fixed = count
        try:
            last, states = self.last[places, None], self.cache.states
            logits = forward(self.model, last, seen[:, None, None], positions, states)
        finally:
            self.columns.fixed = 0
        self._draw(places, logits.clone())
        return logits

    def _forward(self, rows: slice, *, own_mask: bool) -> Tensor:
        low, high = self.columns.low, self.columns.high
        seen = self.numbers[low : high + 1] >= self.first[rows, None]
        mask = seen[:, None, None] if own_mask else seen.long()
        positions = (self.prompt[rows] + self.drawn[rows] - 1)[:, None]
        return forward(self.model, self.last[rows, None], mask, positions, self.cache.states)

    def _masks_agree(self, rows: slice) -> bool:
        """Tried, as a model may read more from a mask than what is seen: both write one column."""
        expected = self._forward(rows, own_mask=False)
        try:
            return alike(self._forward(rows, own_mask=True), expected, self.model)
        except (TypeError, ValueError, RuntimeError, IndexError):
            return False

    def _draw(self, rows: slice, logits: Tensor) -> None:
        """One token more of these rows; what comes after a stop token is cut off in the end."""
        at = self.drawn[rows, None].clamp(max=self.sampling.max_new_tokens - 1)
        uniforms = self.uniforms[rows].gather(1, at)[:, 0]
        tokens, logprobs = pick(self.chat.forbid(logits), uniforms, self.sampling)
        self.tokens[rows].scatter_(1, at, tokens[:, None])
        self.logprobs[rows].scatter_(1, at, logprobs[:, None])
        self.ended[rows] |= torch.isin(tokens, self.stops)
        self.drawn[rows] = (self.drawn[rows] + 1).clamp(max=self.sampling.max_new_tokens)
        self.last[rows] = tokens

    def _take_out(self) -> list[tuple[Row, Sample]]:
        most = self.sampling.max_new_tokens
        ended = self.ended[: len(self.rows)].tolist()
        done = [place for place, row in enumerate(self.rows) if ended[place] or row.drawn == most]
        if not done:
            return []
        where = torch.tensor(done, device=self.tokens.device)
        found = zip(self.tokens[where].tolist(), self.logprobs[where].tolist(), strict=True)
        samples = [
            (self.rows[place], cut(tokens[: self.rows[place].drawn], logprobs, self.chat.stop_ids))
            for place, (tokens, logprobs) in zip(done, found, strict=True)
        ]
        self._keep(done)
        return samples

    def _keep(self, done: list[int]) -> None:
        """Close the gaps that these leave by the last rows; by the next, where none is added."""
        gone = set(done)
        order = [place for place in range(len(self.rows)) if place not in gone]
        if self.refills:
            last = [place for place in order if place >= len(order)]
            order = [last.pop() if place in gone else place for place in range(len(order))]
        self.cache.keep(order)
        to = torch.tensor(order, dtype=torch.long, device=self.tokens.device)
        for tensor in self._of_places():
            tensor[: len(order)] = tensor[to]
        self.rows = [self.rows[place] for place in order]
        self.columns.rows = len(order)
        if self.rows:
            self.columns.low = min(row.first for row in self.rows) if self.refills else 0

    def _shift(self) -> None:
        self.cache.shift()
        low = self.columns.low
        self.first[: len(self.rows)] -= low
        for row in self.rows:
            row.first -= low
        self.columns.low, self.columns.high = 0, self.columns.high - low

    def _of_places(self) -> tuple[Tensor, ...]:
        return (
            self.tokens, self.logprobs, self.uniforms, self.drawn,
            self.first, self.prompt, self.last, self.ended,
        )  # fmt: skip


def room_for(longest: int, sampling: Sampling, *, waits: bool) -> int:
    """Columns of the buffer. With some to spare, rows that come later need fewer copies of all."""
    most = sampling.max_new_tokens
    return longest + most + (min(most, SPARE) if waits else 0)


def cut(tokens: list[int], logprobs: list[float], stops: frozenset[int]) -> Sample:
    """A row as far as its first stop token."""
    ends = [place for place, token in enumerate(tokens) if token in stops]
    length = ends[0] + 1 if ends else len(tokens)
    return Sample(tokens[:length], logprobs[:length], finished=bool(ends))
