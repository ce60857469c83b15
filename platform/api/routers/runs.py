"""Runs: listed, read, stopped, gone on with."""

from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Query, Router
from pydantic import Field

from api.auth import MANAGER
from api.parts import JobState
from api.request import ApiRequest
from api.run_parts import RunDetailsOut, RunOut, details_out, run_out
from api.schemas import Key, Page, Place, Word, page_of
from rounds.launching import launching
from rounds.models import Run
from rounds.queries import RunQuerySet

router = Router(tags=["runs"])


class Which(Place):
    """Which runs."""

    round: Key | None = Field(None, description="The number of their round.")
    stage: Word | None = Field(None, description="As `sft` or `ppo`.")
    state: JobState | None = Field(None, description="Of their job.")


def runs_of(request: ApiRequest) -> RunQuerySet:
    """Those of the project, with all that an answer says of them."""
    found = Run.objects.filter(round__project=request.project).with_parts()
    return found.select_related("launched_by", "round__writer")


def run_of(request: ApiRequest, pk: int) -> Run:
    """That of the address."""
    return get_object_or_404(runs_of(request), pk=pk)


@router.get(
    "/projects/{slug:slug}/runs", auth=MANAGER, response=Page[RunOut], summary="List the runs"
)
def list_runs(request: ApiRequest, slug: str, which: Query[Which]) -> dict[str, Any]:
    """The newest first, those that write completions among them."""
    asked = {"round__number": which.round, "stage": which.stage, "job__state": which.state}
    fits = {name: value for name, value in asked.items() if value is not None}
    return page_of(runs_of(request).filter(**fits), which, run_out)


@router.get(
    "/projects/{slug:slug}/runs/{int:pk}",
    auth=MANAGER,
    response=RunDetailsOut,
    summary="One run",
)
def read_run(request: ApiRequest, slug: str, pk: int) -> dict[str, Any]:
    """How far it is, and what came of it."""
    return details_out(run_of(request, pk))


@router.post(
    "/projects/{slug:slug}/runs/{int:pk}/cancel",
    auth=MANAGER,
    response=RunOut,
    summary="Stop a run",
)
def cancel_run(request: ApiRequest, slug: str, pk: int) -> dict[str, Any]:
    """And with it what waits for it. It stops after its current step, at a checkpoint.

    409 where it has ended.
    """
    launching.cancel(run=run_of(request, pk), by=request.user)
    return run_out(run_of(request, pk))


@router.post(
    "/projects/{slug:slug}/runs/{int:pk}/retry",
    auth=MANAGER,
    response=RunOut,
    summary="Go on with a run",
)
def retry_run(request: ApiRequest, slug: str, pk: int) -> dict[str, Any]:
    """From its newest checkpoint, where it failed or was cancelled; 409 where it did not."""
    launching.retry(run=run_of(request, pk), by=request.user)
    return run_out(run_of(request, pk))
