"""Models of rounds. Written by scripts/client from the server's OpenAPI."""

from datetime import datetime
from typing import Any

from rondo_client.base import Received
from rondo_client.models.shared import LeftOut, ModelPart


class Asked(Received):
    """Kind -> how many tasks were opened, or will be as soon as their completions are written."""

    tasks: dict[str, int]


class Cost(Received):
    """What ending a round would take away, and what stays.

    open: tasks that are withdrawn. begun: people who hold one of them. waiting: prompts whose
    completions are not written any more. writing, training: runs that are stopped. answers: those
    that stay and count.
    """

    open: int
    begun: int
    waiting: int
    writing: int
    training: int
    answers: int


class LaunchFinding(Received):
    """level: ok, warning or missing, which keeps the chain from starting."""

    level: str
    text: str


class Setting(Received):
    """A setting of a stage. value: what is proposed. choices: value -> words, of a choice.

    low, high: of a number. main: it is one of those that matter most.
    """

    name: str
    label: str
    why: str
    value: bool | int | float | str
    low: float | None
    high: float | None
    choices: dict[str, str] | None
    main: bool


class Stage(Received):
    """A stage that can be launched. proposed: it is a part of the chain that is proposed.

    makes: the kind of model that it makes; empty where it makes none.
    """

    name: str
    label: str
    makes: str
    proposed: bool
    settings: list[Setting]


class Launchable(Received):
    """What can be launched, in the order in which it runs.

    preset: where the values come from, empty for those of the last runs.
    """

    preset: str
    presets: list[str]
    algorithm: str
    algorithms: dict[str, list[str]]
    stages: list[Stage]


class OfKind(Received):
    """The answers of one kind. waiting: prompts whose completions are being written."""

    kind: str
    wanted: int
    given: int
    waiting: int


class StageCheck(Received):
    """What is said of one stage, and how long it will take; guessed: no run has shown it here."""

    stage: str
    findings: list[LaunchFinding]
    seconds: float
    guessed: bool


class Preflight(Received):
    """What is said before a launch. settings: those that it would be launched with."""

    may_launch: bool
    findings: list[LaunchFinding]
    stages: list[StageCheck]
    seconds: float
    settings: dict[str, dict[str, Any]]


class Round(Received):
    """One turn of the loop. state: collecting, training, evaluated, closed or cancelled.

    plan: what was asked when it was opened. writer: the model that writes its completions.
    preamble: the version of what stands before its prompts, null where nothing does.
    """

    number: int
    state: str
    plan: dict[str, Any]
    writer: ModelPart
    preamble: int | None
    opened_by: str
    opened_at: datetime
    closed_at: datetime | None


class Step(Received):
    """A step of the round. state: todo, active, waiting, done, kept, failed or cancelled."""

    name: str
    state: str
    detail: str


class RoundProgress(Received):
    """A round and how far it is: its answers, all in all and by kind, and its steps in order.

    is_live: a machine works in it, so that it is worth another look in some seconds.
    """

    number: int
    state: str
    plan: dict[str, Any]
    writer: ModelPart
    preamble: int | None
    opened_by: str
    opened_at: datetime
    closed_at: datetime | None
    wanted: int
    given: int
    kinds: list[OfKind]
    steps: list[Step]
    left_out: list[LeftOut]
    is_live: bool
