"""Models of shared. Written by scripts/client from the server's OpenAPI."""

from datetime import datetime
from typing import Any, Literal

from rondo_client.base import Received


class ShownText(Received):
    """A text to be judged. Who wrote it is not said."""

    id: int
    text: str


class Assignment(Received):
    """A task in somebody's hands.

    messages: what a model was given, or is to be answered. texts: in the order of this person.
    settings: of the kind, as the task was opened with. lease_seconds: how long it is reserved; what
    has no lease waits for ever. A draft is saved over `draft_version`. client_key: an answer that
    is sent again with it is the same answer.
    """

    id: int
    kind: str
    state: str
    messages: list[dict[str, Any]]
    texts: list[ShownText]
    rubric: list[dict[str, Any]]
    settings: dict[str, Any] | None
    content_warning: bool
    is_correction: bool
    is_decision: bool
    has_lease: bool
    lease_seconds: int
    draft: dict[str, Any] | None
    draft_version: int
    active_seconds: int
    client_key: str
    guideline_version: int


class AuditEntry(Received):
    """An act, which is never changed. action: as `round.opened`. target: as `rounds.Round:3`.

    person: who did it, by their id; null for what the server's commands did. details: what it was
    about. project: by its id, null for what is of the site.
    """

    id: int
    action: str
    target: str
    details: dict[str, Any]
    person: int | None
    name: str
    project: int | None
    created_at: datetime


class File(Received):
    """One file of a stored folder, which never changes. size: bytes."""

    name: str
    size: int
    sha256: str


class Files(Received):
    """The files of a folder, by name. sha256: of the folder, which is of all of them."""

    sha256: str
    files: list[File]


class Job(Received):
    """A piece of work for a worker.

    error is what happened, explanation what that means; empty where nothing went wrong.
    """

    id: int
    kind: str
    state: Literal["waiting", "queued", "running", "succeeded", "failed", "cancelled"]
    attempt: int
    max_attempts: int
    step: int
    total_steps: int
    eta_seconds: float | None
    phase: str
    worker: str
    error_code: str
    error: str
    explanation: str
    cancelling: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class LeftOut(Received):
    """Prompts that a run could do nothing with: how many, and the ids of the first of them."""

    reason: str
    count: int
    prompts: list[int]


class ModelPart(Received):
    """A model version, named."""

    id: int
    name: str
    kind: Literal["base", "sft", "reward", "second", "policy"]


class OwnAnswer(Received):
    """An answer, to the person who gave it. It never changes: a correction is another answer."""

    id: int
    kind: str
    answer: dict[str, Any]
    concerns: list[str]
    comment: str
    standing: str
    active_seconds: int
    guideline_version: int
    revises: int | None
    may_correct: bool
    created_at: datetime


class Proposal(Received):
    """A prompt that somebody wrote. written: its parts; messages: what a model is asked.

    reason: why it was returned. prompt: the id of what it has become.
    """

    id: int
    wanted: int
    form: str
    author: int
    author_name: str
    state: str
    draft: dict[str, Any] | None
    draft_version: int
    written: dict[str, Any]
    messages: list[dict[str, Any]]
    language: str
    use_case: str
    reason: str
    prompt: int | None
    revises: int | None
    created_at: datetime
    submitted_at: datetime | None


class Review(Received):
    """What someone said of an answer, or did about it."""

    id: int
    answer: int
    verb: str
    text: str
    by: str
    created_at: datetime


class Run(Received):
    """One stage of a round. settings: those that it was launched with.

    source: the model that it starts from, or evaluates. made: the one that it made. snapshot: the
    labels that it works on; null where it writes completions. half: of the prompts that it learns
    from, empty for all. ballot: the vote that it writes texts for.
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


class Serving(Received):
    """Since when a version serves. reason: why it was promoted, where that was asked for."""

    id: int
    name: str
    version: ModelPart
    previous: ModelPart | None
    changed_by: str
    reason: str
    created_at: datetime
