"""Which model serves, which one did before, and going back to that."""

from datetime import datetime
from typing import Any

from ninja import Query, Router, Schema
from pydantic import Field

from api.auth import MANAGER
from api.parts import ModelPart, model_part, name_of
from api.request import ApiRequest
from api.schemas import Body, Page, Place, example, page_of
from registry.models import Alias, AliasChange
from rounds.evaluation.promoting import LONGEST_REASON, roll_back

router = Router(tags=["models"])


class AliasOut(Schema):
    """A name that points at a version; `serving` is the one that writes completions."""

    name: str
    version: ModelPart


class ServingOut(Schema):
    """Since when a version serves. reason: why it was promoted, where that was asked for."""

    id: int
    name: str
    version: ModelPart
    previous: ModelPart | None
    changed_by: str
    reason: str
    created_at: datetime


class PromotionBody(Body, json_schema_extra=example(reason="It answers in fewer words.")):
    """Why a version is to serve."""

    reason: str = Field(
        "",
        max_length=LONGEST_REASON,
        description="Needed where people have not found it better than the one that serves.",
    )


def change_out(change: AliasChange) -> dict[str, Any]:
    """As `ServingOut`."""
    reason = getattr(change, "reason", None)
    return {
        "id": change.pk,
        "name": change.name,
        "version": model_part(change.version),
        "previous": model_part(change.previous),
        "changed_by": name_of(change.changed_by),
        "reason": reason.text if reason else "",
        "created_at": change.created_at,
    }


def _out(alias: Alias) -> dict[str, Any]:
    return {"name": alias.name, "version": model_part(alias.version)}


@router.get(
    "/projects/{slug:slug}/aliases",
    auth=MANAGER,
    response=Page[AliasOut],
    summary="List what serves",
)
def list_aliases(request: ApiRequest, slug: str, place: Query[Place]) -> dict[str, Any]:
    """None before the first promotion: until then the model writes that a round began with."""
    found = request.project.family.aliases.select_related("version")
    return page_of(found, place, _out)


@router.get(
    "/projects/{slug:slug}/aliases/serving/changes",
    auth=MANAGER,
    response=Page[ServingOut],
    summary="List what served",
)
def list_serving_changes(request: ApiRequest, slug: str, place: Query[Place]) -> dict[str, Any]:
    """The newest first."""
    found = AliasChange.objects.filter(family=request.project.family, name=Alias.SERVING)
    related = found.select_related("version", "previous", "changed_by", "reason")
    return page_of(related, place, change_out)


@router.post(
    "/projects/{slug:slug}/aliases/serving/rollback",
    auth=MANAGER,
    response=ServingOut,
    summary="Go back to the model that served before",
)
def roll_back_serving(request: ApiRequest, slug: str, body: PromotionBody) -> dict[str, Any]:
    """409 where none did. Done twice, it is the newer one that serves again."""
    change = roll_back(project=request.project, by=request.user, reason=body.reason)
    return change_out(change)
