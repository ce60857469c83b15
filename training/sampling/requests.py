"""What a sampler is asked for, and what it gives."""

from collections.abc import Sequence
from dataclasses import dataclass, field

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


def text_of(sample: Sample, chat: Chat) -> str:
    """Its text without NUL, which no database stores, and without half a character at a cut end."""
    text = chat.decode(sample.ids).replace("\0", "\ufffd")
    return text if sample.finished else text.rstrip("\ufffd")
