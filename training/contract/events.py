"""What a trainer tells while it works, and how it ends.

events.jsonl holds one object a line, flushed at once so that the worker can follow it:

    {"n": 3, "kind": "metric", "seconds": 12.5, "data": {"step": 10, "values": {"loss": 2.1}}}

`n` counts from 1 without gaps over all attempts; `seconds` is the time spent in the job, without
the time between attempts. Events after the checkpoint that an attempt goes on from stay: a reader
takes the later one of two metrics with the same step.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, NotRequired, TypedDict

# How a trainer's process exits. Of sysexits.h are STOPPED, EX_TEMPFAIL: run it again; and NO_SPACE,
# EX_CANTCREAT: on a full disk there may be no room for error.json either.
DONE, FAILED, NO_SPACE, STOPPED = 0, 1, 73, 75


class ErrorCode(StrEnum):
    """The `code` of error.json; beside it stand a `message` and what it was made of (`said`)."""

    BAD_INPUT = "bad_input"  # the data, the settings or the folder cannot be worked with
    CRASH = "crash"  # nobody foresaw it
    DIVERGED = "diverged"
    NO_SPACE = "no_space"
    OUT_OF_MEMORY = "out_of_memory"
    STOPPED = "stopped"  # on request
    UNSAFE_MODEL = "unsafe_model"
    UNSAFE_TOKENIZER = "unsafe_tokenizer"


class Sample(TypedDict):
    """A completion to look at."""

    prompt_id: int
    prompt: str  # its last turn
    text: str
    reward: float | None  # the reward model's normalised score
    model: NotRequired[str]  # where there are several


@dataclass(frozen=True, kw_only=True)
class Log:
    """A line for people. said: what the text was made of, as training.contract.said has it."""

    kind: ClassVar[str] = "log"
    level: str  # info, warning or error
    text: str
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where the process is. phase: what it does, as jobs/words.py names it."""

    kind: ClassVar[str] = "progress"
    step: int
    total: int
    eta_seconds: float | None
    phase: str


@dataclass(frozen=True, kw_only=True)
class Metric:
    """Figures of a step; null stands for NaN and infinity."""

    kind: ClassVar[str] = "metric"
    step: int
    values: Mapping[str, float | None]


@dataclass(frozen=True, kw_only=True)
class Samples:
    """What the model writes at a step."""

    kind: ClassVar[str] = "sample"
    step: int
    samples: list[Sample]


Data = Log | Progress | Metric | Samples


def content(data: Data) -> dict[str, Any]:
    """As it is written and stored."""
    fields = asdict(data)
    if not fields.get("said", True):
        del fields["said"]
    return fields


KINDS: dict[str, type[Data]] = {data.kind: data for data in (Log, Progress, Metric, Samples)}


@dataclass(frozen=True, kw_only=True)
class Event:
    """One line of events.jsonl."""

    n: int
    seconds: float
    data: Data

    def line(self) -> bytes:
        """As it is written, with its line end."""
        line = {"n": self.n, "kind": self.data.kind, "seconds": self.seconds}
        line["data"] = finite(content(self.data))
        text = json.dumps(line, ensure_ascii=False, allow_nan=False)
        return text.encode("utf-8", "replace") + b"\n"

    @classmethod
    def parse(cls, line: bytes) -> "Event":
        """Read a line back; ValueError when it is not an event with just the fields stated here."""
        content = json.loads(line)
        try:
            kind = KINDS[content["kind"]]
            data = kind(**content["data"])
            event = cls(n=content["n"], seconds=content["seconds"], data=data)
        except (KeyError, TypeError) as error:
            raise ValueError(f"not an event: {error}") from error
        if isinstance(data, Samples):
            for sample in data.samples:
                if not Sample.__required_keys__ <= sample.keys() <= Sample.__annotations__.keys():
                    raise ValueError(f"not a sample: {sorted(sample)}")
        return event


def finite(value: Any) -> Any:
    """`value` with NaN and infinities as None: JSON has no word for them."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return value
