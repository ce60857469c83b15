"""Models of runs. Written by scripts/client from the server's OpenAPI."""

from datetime import datetime
from typing import Any, Literal

from rondo_client.base import Received
from rondo_client.models.shared import Job, LeftOut, ModelPart


class Curve(Received):
    """What a curve means. low, high: its healthy range, where there is one."""

    name: str
    label: str
    hint: str
    low: float | None
    high: float | None


class EstimatePart(Received):
    """A figure from `n` units with its 95 % interval."""

    value: float
    low: float
    high: float
    n: int


class Event(Received):
    """One line of what the job did.

    seconds: spent in the job until then; null of what the platform itself tells.
    """

    id: int
    kind: Literal["state", "log", "progress", "metric", "sample"]
    data: dict[str, Any]
    seconds: float | None
    created_at: datetime


class Outcome(Received):
    """An evaluation and what it says.

    verdict: yes, no or unclear, by whether the interval of `wins` leaves out a half. wins: on how
    many prompts the new model's reward is higher. change: by how much. is_own_judge: the new model
    was trained on the reward model that judges it.
    """

    run: int
    round: int
    before: ModelPart
    after: ModelPart
    reference: ModelPart
    reward_model: ModelPart | None
    second_reward_model: ModelPart | None
    metrics: dict[str, Any]
    verdict: str
    prompts: int
    wins: EstimatePart | None
    second_wins: EstimatePart | None
    change: EstimatePart | None
    is_own_judge: bool


class Point(Received):
    """The figures of a step;

    null stands for NaN and infinity. Of two of one step the later counts.

    An attempt that goes on from a checkpoint tells steps again.
    """

    step: int
    seconds: float | None
    values: dict[str, float | None]


class RunDetails(Received):
    """A run and what came of it. result: the figures at its end. left_out: what it could not use.

    curves: what those of its stage mean; a trainer may log others as well.
    """

    id: int
    round: int
    stage: str
    job: Job
    settings: dict[str, Any]
    source: ModelPart | None
    reward_model: ModelPart | None
    second_reward_model: ModelPart | None
    made: ModelPart | None
    snapshot: int | None
    corpus: int | None
    half: str
    ballot: int | None
    launched_by: str
    created_at: datetime
    result: dict[str, Any]
    has_evaluation: bool
    left_out: list[LeftOut]
    curves: list[Curve]


class Sample(Received):
    """What one model wrote for one held-out prompt. kl: from the reference, summed over tokens."""

    id: int
    prompt: int
    model: int
    text: str
    tokens: int
    finish_reason: str
    reward: float | None
    second_reward: float | None
    kl: float | None
