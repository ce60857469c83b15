"""Webhooks of a project, and what was sent to each."""

from datetime import datetime
from typing import Any, Literal, get_args

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import AwareDatetime, Field

from api.auth import MANAGER
from api.conduct import tells_secret
from api.request import ApiRequest
from api.schemas import Body, Key, Page, Place, example, page_of
from core.errors import BadInputError, NotFoundError
from webhooks import endpoints
from webhooks.models import Attempt, Delivery, Endpoint

router = Router(tags=["webhooks"])
WHERE = "The address that messages are posted to, with https."
EventName = Literal["annotation.submitted", "round.complete", "run.ended", "model.promoted"]
TOLD = f"Of what it is told, one at least: {', '.join(get_args(EventName))}."


class WebhookOut(Schema):
    """A server that is told of events. off: why nothing is sent there, "" where it is on."""

    id: int
    url: str
    events: list[str]
    off: Literal["", "asked", "failing", "gone"]
    failing_since: datetime | None
    created_at: datetime


class WebhookMade(WebhookOut):
    """A new one. secret: what its messages are verified with, told this once."""

    secret: str


class WebhookSecretOut(Schema):
    """What messages are verified with, told this once."""

    secret: str


class WebhookIn(
    Body, json_schema_extra=example(url="https://hooks.example.org/rondo", events=["run.ended"])
):
    """Where messages go, and of what."""

    url: str = Field(description=WHERE)
    events: list[EventName] = Field(description=TOLD)


class WebhookChange(
    Body, json_schema_extra=example(events=["run.ended", "model.promoted"], on=True)
):
    """What is to be changed; what is left out stays."""

    url: str | None = Field(None, description=WHERE)
    events: list[EventName] | None = Field(None, description=TOLD)
    on: bool | None = Field(None, description="Whether anything is sent there.")


class WebhookAttemptOut(Schema):
    """A try. status: of HTTP, null where there was no answer; answer: how it begins."""

    at: datetime
    status: int | None
    problem: str
    answer: str
    milliseconds: int


class WebhookMessageOut(Schema):
    """An event on its way to this webhook. due_at: the next try, null unless it waits."""

    id: int
    webhook_id: str
    event: str
    state: Literal["waiting", "delivered", "failed"]
    due_at: datetime | None
    created_at: datetime
    attempts: list[WebhookAttemptOut]


class WebhookReplay(Body, json_schema_extra=example(failed_since="2026-11-27T00:00:00Z")):
    """What is sent again: one of the two."""

    message: Key | None = Field(None, description="One message, by its id.")
    failed_since: AwareDatetime | None = Field(
        None, strict=False, description="All that failed since this time, which has a zone."
    )


class WebhookReplayed(Schema):
    """How many messages are sent again."""

    messages: int


def _out(row: Endpoint) -> dict[str, Any]:
    return {
        "id": row.pk,
        "url": row.url,
        "events": row.events,
        "off": row.off,
        "failing_since": row.failing_since,
        "created_at": row.created_at,
    }


@router.get(
    "/projects/{slug:slug}/webhooks",
    auth=MANAGER,
    response=Page[WebhookOut],
    summary="List webhooks",
)
def list_webhooks(request: ApiRequest, slug: str, place: Query[Place]) -> dict[str, Any]:
    """The newest first."""
    return page_of(Endpoint.objects.filter(project=request.project), place, _out)


@router.post(
    "/projects/{slug:slug}/webhooks",
    auth=MANAGER,
    response={201: WebhookMade},
    summary="Add a webhook",
)
@tells_secret
def add_webhook(request: ApiRequest, slug: str, body: WebhookIn) -> Status[dict[str, Any]]:
    """Keep its secret: messages are verified with it, as docs/webhooks.md says."""
    made, secret = endpoints.add(project=request.project, by=request.user, **body.model_dump())
    made.refresh_from_db()
    return Status(201, {**_out(made), "secret": secret})


@router.get(
    "/projects/{slug:slug}/webhooks/{int:pk}",
    auth=MANAGER,
    response=WebhookOut,
    summary="Read a webhook",
)
def read_webhook(request: ApiRequest, slug: str, pk: int) -> dict[str, Any]:
    """Without its secret: a new one can be made."""
    return _out(_endpoint(request, pk))


@router.patch(
    "/projects/{slug:slug}/webhooks/{int:pk}",
    auth=MANAGER,
    response=WebhookOut,
    summary="Change a webhook, or switch it on or off",
)
def change_webhook(request: ApiRequest, slug: str, pk: int, body: WebhookChange) -> dict[str, Any]:
    """While it is off, what happens is not noted for it."""
    row = _endpoint(request, pk)
    changed = endpoints.change(
        endpoint=row,
        url=row.url if body.url is None else body.url,
        events=row.events if body.events is None else body.events,
        is_on=not row.off if body.on is None else body.on,
        by=request.user,
    )
    return _out(changed)


@router.delete(
    "/projects/{slug:slug}/webhooks/{int:pk}",
    auth=MANAGER,
    response={204: None},
    summary="Remove a webhook with its log",
)
def remove_webhook(request: ApiRequest, slug: str, pk: int) -> Status[None]:
    """What waited for it is not sent."""
    endpoints.remove(endpoint=_endpoint(request, pk), by=request.user)
    return Status(204, None)


@router.post(
    "/projects/{slug:slug}/webhooks/{int:pk}/secret",
    auth=MANAGER,
    response={201: WebhookSecretOut},
    summary="Make a new secret",
)
@tells_secret
def rotate_webhook(request: ApiRequest, slug: str, pk: int) -> Status[dict[str, Any]]:
    """The one before signs too for 24 hours."""
    secret = endpoints.rotate(endpoint=_endpoint(request, pk), by=request.user)
    return Status(201, {"secret": secret})


@router.get(
    "/projects/{slug:slug}/webhooks/{int:pk}/messages",
    auth=MANAGER,
    response=Page[WebhookMessageOut],
    summary="List what was sent",
)
def list_webhook_messages(
    request: ApiRequest, slug: str, pk: int, place: Query[Place]
) -> dict[str, Any]:
    """The newest first, each with its tries; of the last 30 days."""
    found = Delivery.objects.filter(endpoint=_endpoint(request, pk))
    found = found.select_related("event").prefetch_related("attempts")
    return page_of(found, place, _message)


@router.post(
    "/projects/{slug:slug}/webhooks/{int:pk}/messages",
    auth=MANAGER,
    response={201: WebhookMessageOut},
    summary="Send a test message",
)
def test_webhook(request: ApiRequest, slug: str, pk: int) -> Status[dict[str, Any]]:
    """It says nothing but that it arrives, within some seconds."""
    sent = endpoints.test(endpoint=_endpoint(request, pk))
    sent.refresh_from_db()
    return Status(201, _message(sent))


@router.post(
    "/projects/{slug:slug}/webhooks/{int:pk}/replay",
    auth=MANAGER,
    response=WebhookReplayed,
    summary="Send messages again",
)
def replay_webhook(request: ApiRequest, slug: str, pk: int, body: WebhookReplay) -> dict[str, Any]:
    """With the `webhook-id` that they had, by which receivers know them."""
    row = _endpoint(request, pk)
    if (body.message is None) == (body.failed_since is None):
        message = _("Choose which messages are sent again.")
        raise BadInputError(message, errors={"body": message})
    count = endpoints.replay(
        endpoint=row, by=request.user, delivery=body.message, since=body.failed_since
    )
    if body.message is not None and not count:
        message = _("There is no message %(key)s of this webhook: list all to find yours.")
        raise NotFoundError(message % {"key": body.message})
    return {"messages": count}


def _endpoint(request: ApiRequest, pk: int) -> Endpoint:
    return get_object_or_404(Endpoint, project=request.project, pk=pk)


def _message(row: Delivery) -> dict[str, Any]:
    return {
        "id": row.pk,
        "webhook_id": f"msg_{row.event.key.hex}",
        "event": row.event.type,
        "state": row.state,
        "due_at": row.due_at if row.state == Delivery.State.WAITING else None,
        "created_at": row.created_at,
        "attempts": [_attempt(each) for each in row.attempts.all()],
    }


def _attempt(row: Attempt) -> dict[str, Any]:
    return {
        "at": row.at,
        "status": row.status,
        "problem": row.problem,
        "answer": row.answer,
        "milliseconds": row.milliseconds,
    }
