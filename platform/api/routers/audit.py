"""Who did what: all of the site for its admins, a project's for its managers."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from ninja import Query, Router, Schema
from pydantic import Field

from accounts.models import AuditEntry
from api.auth import ADMIN, MANAGER
from api.parts import name_of
from api.request import ApiRequest
from api.schemas import Key, Page, Place, Word, page_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

router = Router(tags=["audit"])


class AuditEntryOut(Schema):
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


class WhichActs(Place):
    """Which acts."""

    action: Word | None = Field(None, description="One only, as `round.opened`.")
    person: Key | None = Field(None, description="Who did it, by their id.")
    since: date | None = Field(None, description="From this day on.")
    until: date | None = Field(None, description="Up to this day, which counts.")

    def of(self, found: "QuerySet[AuditEntry]") -> "QuerySet[AuditEntry]":
        """Those of `found` that fit."""
        asked = {
            "action": self.action,
            "actor": self.person,
            "created_at__date__gte": self.since,
            "created_at__date__lte": self.until,
        }
        fits = {name: value for name, value in asked.items() if value is not None}
        return found.filter(**fits).select_related("actor")


def _out(row: AuditEntry) -> dict[str, Any]:
    names = ("action", "target", "details", "project", "created_at")
    told = {name: getattr(row, name) for name in names}
    return {"id": row.pk, "person": row.actor_id, "name": name_of(row.actor), **told}


@router.get(
    "/audit", auth=ADMIN, response=Page[AuditEntryOut], summary="List what was done on the site"
)
def list_acts(request: ApiRequest, which: Query[WhichActs]) -> dict[str, Any]:
    """The newest first. What reviewers did to answers is told with these answers."""
    return page_of(which.of(AuditEntry.objects.all()), which, _out)


@router.get(
    "/projects/{slug:slug}/audit",
    auth=MANAGER,
    response=Page[AuditEntryOut],
    summary="List what was done in a project",
)
def list_project_acts(request: ApiRequest, slug: str, which: Query[WhichActs]) -> dict[str, Any]:
    """The newest first. What reviewers did to answers is told with these answers."""
    found = AuditEntry.objects.filter(project=request.project.pk)
    return page_of(which.of(found), which, _out)
