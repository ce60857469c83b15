"""What was imported into a project, file by file."""

from datetime import datetime
from typing import Any

from ninja import Query, Router, Schema

from api.auth import REVIEWER
from api.request import ApiRequest
from api.schemas import Page, Place, page_of
from labeling.models import Import

router = Router(tags=["prompts"])


class FindingOut(Schema):
    """What was found in a file. count: how many lines or rows; lines: the first 20 of them."""

    check: str
    count: int
    lines: list[int]


class ImportOut(Schema):
    """One file whose prompts were stored. rows: its prompts; created: those that were new."""

    id: int
    name: str
    form: str
    rows: int
    created: int
    health: list[FindingOut]
    imported_by: str
    created_at: datetime
    undone_at: datetime | None


@router.get(
    "/projects/{slug:slug}/imports",
    auth=REVIEWER,
    response=Page[ImportOut],
    summary="List what was imported",
)
def list_imports(request: ApiRequest, slug: str, place: Query[Place]) -> dict[str, Any]:
    """The newest first."""
    found = Import.objects.filter(project=request.project).select_related("imported_by")
    return page_of(found, place, _out)


def _out(row: Import) -> ImportOut:
    return ImportOut(
        id=row.pk,
        name=row.name,
        form=row.form,
        rows=row.rows,
        created=row.created,
        health=[FindingOut(**each) for each in row.health],
        imported_by=str(row.imported_by or ""),
        created_at=row.created_at,
        undone_at=row.undone_at,
    )
