"""Completions are sampled here: one decoding loop, exact and the same for any batch.

It is ours because it has to give the log-probabilities of what it sampled, must not be changed by a
model's generation_config, and is faster than `generate` on a CPU: prompts of like length share a
batch, the n completions of a prompt share its prefill, finished rows leave the batch, and tokens
are drawn by inverting the distribution function (`torch.multinomial` is slow).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from transformers import Cache, DynamicCache, PreTrainedModel
from transformers.cache_utils import DynamicLayer

from training.chat import Chat


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How tokens are drawn. `temperature` 0 takes the likeliest token; `top_p` 1 cuts nothing."""

    max_new_tokens: int
    temperature: float = 1.0
    top_p: float = 1.0


@dataclass(frozen=True)
class Request:
    """Completions of one prompt, one for each of `seeds`."""

    prompt: Sequence[int]
    seeds: Sequence[int]


@dataclass
class Sample:
    """`ids` end with a stop token, the only one in them, exactly if `finished`.

    `logprobs` are those of `ids` under softmax(logits / temperature), before top_p, where control
    tokens but the stop ones have no part (`Chat.forbid`).
    """

    ids: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    finished: bool = False


def sample(
    model: PreTrainedModel,
    requests: Sequence[Request],
    *,
    sampling: Sampling,
    chat: Chat,
    batch_size: int = 32,
    on_batch: Callable[[dict[int, list[Sample]]], None] = lambda done: None,
    check_stop: Callable[[], None] = lambda: None,
) -> list[list[Sample]]:
    """For each request its samples, in the order of its seeds.

    `on_batch` gets the samples of each batch, by the request's place, as soon as they are done. A
    request is never split, so `batch_size` rows are exceeded by a request that alone has more.
    `check_stop` is called for each token and may raise.
    """
    samples: list[list[Sample]] = [[] for _ in requests]
    for places in batches(requests, batch_size):
        rows = decode(
            model,
            [requests[place] for place in places],
            sampling=sampling,
            chat=chat,
            check_stop=check_stop,
        )
        for place in places:
            count = len(requests[place].seeds)
            samples[place], rows = rows[:count], rows[count:]
        on_batch({place: samples[place] for place in places})
    return samples


def text_of(sample: Sample, chat: Chat) -> str:
    """Its text without NUL, which no database stores, and without half a character at a cut end."""
    text = chat.decode(sample.ids).replace("\0", "\ufffd")
    return text if sample.finished else text.rstrip("\ufffd")


def batches(requests: Sequence[Request], batch_size: int) -> Iterator[list[int]]:
    """Places of the requests of each batch; long prompts first, so that memory fails early."""
    order = sorted(range(len(requests)), key=lambda place: -len(requests[place].prompt))
    batch: list[int] = []
    rows = 0
    for place in order:
        count = len(requests[place].seeds)
        if batch and rows + count > batch_size:
            yield batch
            batch, rows = [], 0
        batch.append(place)
        rows += count
    if batch:
        yield batch


@torch.inference_mode()
def decode(
    model: PreTrainedModel,
    requests: Sequence[Request],
    *,
    sampling: Sampling,
    chat: Chat,
    check_stop: Callable[[], None],
) -> list[Sample]:
    """One batch: prefill the prompts once, then draw a token for each unfinished row at a time."""
    device, most = model.device, sampling.max_new_tokens
    rows = [Sample() for request in requests for _ in request.seeds]
    ids, mask = left_pad([request.prompt for request in requests], chat.pad_id, device)
    cache = new_cache(model, ids.shape[1] + most)
    logits = forward(model, ids, mask, (mask.cumsum(1) - 1).clamp(min=0), cache)

    origin = [place for place, request in enumerate(requests) for _ in request.seeds]
    active = torch.arange(len(rows), device=device)
    source = torch.tensor(origin, device=device)
    logits, mask = logits[source], mask[source]
    lengths = mask.sum(1)
    if len(requests) < len(rows):
        cache.reorder_cache(source)
    mask = torch.cat([mask, mask.new_ones(len(rows), most)], dim=1)
    stops = torch.tensor(sorted(chat.stop_ids), device=device)
    uniforms = draws([seed for request in requests for seed in request.seeds], most).to(device)

    for step in range(most):
        check_stop()
        tokens, logprobs = pick(chat.forbid(logits), uniforms[active, step], sampling)
        for row, token, logprob in zip(
            active.tolist(), tokens.tolist(), logprobs.tolist(), strict=True
        ):
            rows[row].ids.append(token)
            rows[row].logprobs.append(logprob)
            rows[row].finished = token in chat.stop_ids
        if step == most - 1:
            break
        going = (~torch.isin(tokens, stops)).nonzero()[:, 0]
        if len(going) == 0:
            break
        if len(going) < len(active):
            active, tokens, mask, lengths = (
                tensor[going] for tensor in (active, tokens, mask, lengths)
            )
            cache.reorder_cache(going)
        seen = ids.shape[1] + step + 1
        logits = forward(model, tokens[:, None], mask[:, :seen], (lengths + step)[:, None], cache)
    return rows


def forward(
    model: PreTrainedModel, ids: Tensor, mask: Tensor, positions: Tensor, cache: Cache
) -> Tensor:
    """Logits (B, V) after the last of `ids` (B, new), in fp32. mask: (B, seen), cache included."""
    output: Any = model(
        input_ids=ids,
        attention_mask=mask,
        position_ids=positions,
        past_key_values=cache,
        use_cache=True,
        logits_to_keep=1,
    )
    logits: Tensor = output.logits[:, -1].float()
    return logits


def left_pad(
    rows: Sequence[Sequence[int]], pad_id: int, device: torch.device
) -> tuple[Tensor, Tensor]:
    """ids and mask, each (B, longest). The mask comes from lengths: a pad may be a real token."""
    longest = max(map(len, rows))
    ids = [[pad_id] * (longest - len(row)) + list(row) for row in rows]
    mask = [[0] * (longest - len(row)) + [1] * len(row) for row in rows]
    return torch.tensor(ids, device=device), torch.tensor(mask, device=device)


def draws(seeds: Sequence[int], count: int) -> Tensor:
    """Uniform numbers below 1, (rows, count), a row from each seed; made on the CPU."""
    rows = [torch.rand(count, generator=torch.Generator().manual_seed(seed)) for seed in seeds]
    return torch.stack(rows).clamp(max=1 - 1e-6)


def pick(logits: Tensor, uniforms: Tensor, sampling: Sampling) -> tuple[Tensor, Tensor]:
    """One token a row and its log-probability, each (B,). logits: (B, V); uniforms: (B,).

    The token is the first at which the distribution function passes the uniform number.
    """
    if sampling.temperature == 0:
        logprobs = torch.log_softmax(logits, dim=-1)
        best = logprobs.max(dim=-1)
        return best.indices, best.values
    logprobs = torch.log_softmax(logits / sampling.temperature, dim=-1)
    weights = nucleus(logprobs.exp(), sampling.top_p)
    cdf = weights.cumsum(dim=-1)
    targets = (uniforms * cdf[:, -1])[:, None]
    tokens = torch.searchsorted(cdf, targets, right=True).clamp(max=logits.shape[-1] - 1)
    return tokens[:, 0], logprobs.gather(1, tokens)[:, 0]


def nucleus(probabilities: Tensor, top_p: float) -> Tensor:
    """`probabilities` (B, V) without those after the likeliest tokens that make up `top_p`."""
    if top_p >= 1:
        return probabilities
    ordered, order = probabilities.sort(dim=-1, descending=True)
    tail = ordered.cumsum(dim=-1) - ordered >= top_p
    return probabilities.masked_fill(torch.zeros_like(tail).scatter(1, order, tail), 0)


class RoomyLayer(DynamicLayer):  # type: ignore[misc]  # transformers is not typed
    """Keys and values in a buffer with room for all; torch.cat would copy the past each step."""

    keys: Tensor
    values: Tensor

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room

    def update(
        self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any
    ) -> tuple[Tensor, Tensor]:
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
            self._hold(key_states, value_states)
            return self.keys, self.values
        old = self.keys.shape[2]
        new = old + key_states.shape[2]
        self._keys[:, :, old:new] = key_states
        self._values[:, :, old:new] = value_states
        self.keys, self.values = self._keys[:, :, :new], self._values[:, :, :new]
        return self.keys, self.values

    def reorder_cache(self, beam_idx: Tensor) -> None:
        self._hold(self.keys.index_select(0, beam_idx), self.values.index_select(0, beam_idx))

    def _hold(self, keys: Tensor, values: Tensor) -> None:
        batch, heads, length, size = keys.shape
        self._keys = keys.new_empty(batch, heads, self.room, size)
        self._values = values.new_empty(batch, heads, self.room, values.shape[3])
        self.keys, self.values = self._keys[:, :, :length], self._values[:, :, :length]
        self.keys.copy_(keys)
        self.values.copy_(values)


def new_cache(model: PreTrainedModel, room: int) -> Cache:
    """Our layers where the model attends to everything; sliding windows are transformers' own."""
    cache = DynamicCache(config=model.config)
    if all(type(layer) is DynamicLayer for layer in cache.layers):
        cache.layers = [RoomyLayer(room) for _ in cache.layers]
    return cache
