"""What a run does, as it does it: events, curves and the log."""

from datetime import datetime
from functools import partial
from typing import Any

from django.db import close_old_connections
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from accounts.models import ApiToken
from api.auth import MANAGER
from api.parts import EventKind
from api.request import ApiRequest
from api.routers.runs import run_of
from api.schemas import Page, Place, page_of
from core.errors import RondoError, TooManyError
from jobs import feed
from jobs.log_file import log_file
from jobs.models import JobEvent
from labeling.access import project_for
from labeling.models import Role

router = Router(tags=["runs"])
STREAM = {
    "responses": {
        200: {
            "description": "Server-sent events: `id`, `event`, `data`; at the end `event: end`.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        204: {"description": "The job has ended, and nothing came after `after`."},
    }
}
LOG = {
    "responses": {
        200: {
            "description": "A line for each thing that was told, with its time.",
            "content": {"text/plain": {"schema": {"type": "string"}}},
        }
    }
}


class EventOut(Schema):
    """One line of what the job did.

    seconds: spent in the job until then; null of what the platform itself tells.
    """

    id: int
    kind: EventKind
    data: dict[str, Any]
    seconds: float | None
    created_at: datetime


class PointOut(Schema):
    """The figures of a step; null stands for NaN and infinity. Of two of one step the later counts.

    An attempt that goes on from a checkpoint tells steps again.
    """

    step: int
    seconds: float | None
    values: dict[str, float | None]


class WhichEvents(Place):
    """Which events."""

    kind: EventKind | None = Field(None, description="One kind only.")


class From(Schema):
    """Where a stream begins."""

    after: int = Field(0, ge=0, lt=2**63, description="The id of the event that was read last.")


@router.get(
    "/projects/{slug:slug}/runs/{int:pk}/events",
    auth=MANAGER,
    response=Page[EventOut],
    summary="List what a run did",
)
def list_run_events(
    request: ApiRequest, slug: str, pk: int, which: Query[WhichEvents]
) -> dict[str, Any]:
    """The oldest first. While the run goes on, ask again with the last `id` as `cursor`."""
    found = run_of(request, pk).job.events.all()
    if which.kind is not None:
        found = found.filter(kind=which.kind)
    return page_of(found, which, feed.as_dict, newest_first=False)


@router.get(
    "/projects/{slug:slug}/runs/{int:pk}/curves",
    auth=MANAGER,
    response=Page[PointOut],
    summary="List the points of a run's curves",
)
def list_run_curves(request: ApiRequest, slug: str, pk: int, place: Query[Place]) -> dict[str, Any]:
    """The oldest first. What each figure means stands in `curves` of the run."""
    found = run_of(request, pk).job.events.filter(kind=JobEvent.Kind.METRIC)
    return page_of(found, place, _point_out, newest_first=False)


@router.get(
    "/projects/{slug:slug}/runs/{int:pk}/stream",
    auth=MANAGER,
    openapi_extra=STREAM,
    summary="Follow a run",
)
def stream_run(request: ApiRequest, slug: str, pk: int, place: Query[From]) -> HttpResponseBase:
    """Events as they come, from `Last-Event-ID` or `after` on: none is missed, none told twice.

    429 where you have too many streams open already.
    """
    job = run_of(request, pk).job
    last = request.headers.get("Last-Event-ID", "")
    after = int(last) if last.isascii() and last.isdecimal() and len(last) < 19 else place.after
    newest = job.events.newest()
    if job.has_ended and after == newest:
        return HttpResponse(status=204)
    stream = feed.Stream.open(
        job.pk,
        user_id=request.user.pk,
        after=after,
        gap_to=newest if after > newest else None,
        still_may_read=partial(may_still_read, request.auth.pk, slug),
    )
    if stream is None:
        error = TooManyError(_("You have too many streams open: close one of them."))
        error.retry_after = 10
        raise error
    return StreamingHttpResponse(
        stream,
        content_type="text/event-stream",
        headers={"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"},
    )


@router.get(
    "/projects/{slug:slug}/runs/{int:pk}/log",
    auth=MANAGER,
    openapi_extra=LOG,
    summary="The log of a run",
)
def read_run_log(request: ApiRequest, slug: str, pk: int) -> HttpResponse:
    """All of it, as text."""
    return log_file(run_of(request, pk).job)


def may_still_read(token: int, slug: str) -> bool:
    """Whether the token still opens the project; asked in the thread of the streams."""
    close_old_connections()
    found = ApiToken.objects.alive().filter(pk=token, user__is_active=True)
    if (known := found.select_related("user").first()) is None:
        return False
    try:
        return bool(project_for(known.user, slug, role=Role.MANAGER))
    except RondoError:
        return False


def _point_out(event: JobEvent) -> dict[str, Any]:
    return {**event.data, "seconds": event.seconds}
