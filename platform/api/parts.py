"""What the answers of several operations have a part of: a model, a person, a job."""

from datetime import datetime
from typing import Any, Literal

from ninja import Schema

from accounts.models import User
from jobs import feed
from jobs.models import Job
from measures.intervals import Estimate
from registry.models import ModelVersion

JobState = Literal["waiting", "queued", "running", "succeeded", "failed", "cancelled"]
EventKind = Literal["state", "log", "progress", "metric", "sample"]
ModelKind = Literal["base", "sft", "reward", "second", "policy"]


class ModelPart(Schema):
    """A model version, named."""

    id: int
    name: str
    kind: ModelKind


class EstimatePart(Schema):
    """A figure from `n` units with its 95 % interval."""

    value: float
    low: float
    high: float
    n: int


class JobOut(Schema):
    """A piece of work for a worker.

    error is what happened, explanation what that means; empty where nothing went wrong.
    """

    id: int
    kind: str
    state: JobState
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


def model_part(version: ModelVersion | None) -> dict[str, Any] | None:
    """As `ModelPart`."""
    if version is None:
        return None
    return {"id": version.pk, "name": version.name, "kind": version.kind}


def estimate_part(estimate: Estimate | None) -> dict[str, Any] | None:
    """As `EstimatePart`."""
    return None if estimate is None else dict(vars(estimate))


def job_out(job: Job) -> dict[str, Any]:
    """As `JobOut`."""
    times = {name: getattr(job, name) for name in ("created_at", "started_at", "finished_at")}
    return {**feed.job_as_dict(job), **times}


def name_of(user: User | None) -> str:
    """Of a person; empty where nobody is known."""
    return str(user or "")
