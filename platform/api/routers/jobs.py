"""Jobs and the workers that do them, for whoever runs the site."""

from datetime import datetime
from typing import Any

from ninja import Query, Router, Schema
from pydantic import Field

from api.auth import ADMIN, SIGNED_IN
from api.parts import JobOut, JobState, job_out
from api.request import ApiRequest
from api.schemas import Page, Place, page_of
from core.errors import NotFoundError
from jobs import handlers
from jobs.fleet import fleet
from jobs.models import Job
from labeling.models import Import
from rounds.models import FrozenExport, Run

router = Router(tags=["jobs"])


class WorkerOut(Schema):
    """A worker's process. processes: that share a training on it. fits: it takes jobs.

    shards: each of its processes keeps a part of the models only.
    """

    name: str
    queues: list[str]
    release: str
    processes: int
    shards: bool
    seen_at: datetime
    fits: bool


class FleetOut(Schema):
    """release: of the web process; prepared: the one that the database is for."""

    release: str
    prepared: str
    workers: list[WorkerOut]


class WhichJobs(Place):
    """Which jobs."""

    state: JobState | None = Field(None, description="One state only.")


@router.get("/jobs", auth=ADMIN, response=Page[JobOut], summary="List the jobs of the site")
def list_jobs(request: ApiRequest, which: Query[WhichJobs]) -> dict[str, Any]:
    """The newest first, of all projects."""
    found = Job.objects.all()
    if which.state is not None:
        found = found.filter(state=which.state)
    return page_of(found, which, job_out)


@router.get("/jobs/{int:pk}", auth=SIGNED_IN, response=JobOut, summary="One job")
def read_job(request: ApiRequest, pk: int) -> dict[str, Any]:
    """For those who may follow it: of a run, the managers of its project; of an import, those who
    see its imports.
    """
    job = Job.objects.filter(pk=pk).first()
    if job is None or not handlers.of(job).may_see(job, request.user):
        raise NotFoundError
    only = request.auth.project  # of a token for one project
    if only is not None and not _is_of(job, only):
        raise NotFoundError
    return job_out(job)


def _is_of(job: Job, project: int) -> bool:
    """Whether it does something in the project of that id."""
    return (
        Run.objects.filter(job=job, round__project=project).exists()
        or Import.objects.filter(job=job, project=project).exists()
        or FrozenExport.objects.filter(job=job, project=project).exists()
    )


@router.get("/workers", auth=ADMIN, response=FleetOut, summary="The workers that are there")
def list_workers(request: ApiRequest) -> dict[str, Any]:
    """Those that reported within a minute and a half, by name."""
    found = fleet()
    names = ("name", "queues", "release", "processes", "shards", "seen_at")
    workers = [
        {**{name: getattr(each, name) for name in names}, "fits": each.release == found.prepared}
        for each in found.workers
    ]
    return {"release": found.own, "prepared": found.prepared, "workers": workers}
