"""What one is told of."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Query, Router, Schema, Status
from pydantic import Field

from api.auth import WHOLE
from api.request import ApiRequest
from api.schemas import Body, Key, Page, Place, example, page_of
from notices import services
from notices.models import Notice

router = Router(tags=["notices"])


class NoticeOut(Schema):
    """One thing that you are told. link: the path of the page that it leads to."""

    id: int
    event: str
    text: str
    link: str
    seen_at: datetime | None
    created_at: datetime


class SeenIn(Body, json_schema_extra=example(ids=None)):
    """Which notices were looked at."""

    ids: Annotated[list[Key], Field(max_length=200)] | None = Field(
        description="Their ids; null is all of them."
    )


def _out(row: Notice) -> dict[str, Any]:
    names = ("event", "text", "link", "seen_at", "created_at")
    return {name: getattr(row, name) for name in names} | {"id": row.pk}


@router.get("/notices", auth=WHOLE, response=Page[NoticeOut], summary="List your notices")
def list_notices(request: ApiRequest, place: Query[Place]) -> dict[str, Any]:
    """The newest first. Reading them here marks none as seen."""
    rows = Notice.objects.filter(user=request.user).select_related("actor")
    return page_of(rows, place, _out)


@router.post("/notices/seen", auth=WHOLE, response={204: None}, summary="Mark notices as seen")
def see_notices(request: ApiRequest, body: SeenIn) -> Status[None]:
    """No mail follows for these."""
    services.see(user=request.user, ids=body.ids)
    return Status(204, None)
