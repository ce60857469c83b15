"""What was imported into a project, file by file."""

from datetime import datetime

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from accounts.models import User
from core.paging import Page
from labeling.access import project_for
from labeling.models import Import, Role

router = Router(tags=["prompts"])
PAGE = 100


class ImportOut(Schema):
    """One file whose prompts were stored. rows: its prompts; created: those that were new."""

    id: int
    name: str
    form: str
    rows: int
    created: int
    imported_by: str
    created_at: datetime
    undone_at: datetime | None


class ImportsOut(Schema):
    """A page of them. next: `before` of the next page, null where there is none."""

    imports: list[ImportOut]
    next: int | None


class Place(Schema):
    """Where a page begins."""

    before: int | None = Field(None, ge=1, lt=2**63, description="Imports before this one only.")


@router.get("/projects/{slug:slug}/imports", response=ImportsOut, summary="List what was imported")
def list_imports(request: HttpRequest, slug: str, place: Query[Place]) -> ImportsOut:
    """Reviewers and managers of the project; newest first, 100 a page."""
    user = request.user
    assert isinstance(user, User)
    project = project_for(user, slug, role=Role.REVIEWER)
    found = Import.objects.filter(project=project).select_related("imported_by")
    page = Page(found, size=PAGE, beyond=place.before)
    return ImportsOut(imports=[_out(row) for row in page.rows], next=page.next)


def _out(row: Import) -> ImportOut:
    return ImportOut(
        id=row.pk,
        name=row.name,
        form=row.form,
        rows=row.rows,
        created=row.created,
        imported_by=str(row.imported_by or ""),
        created_at=row.created_at,
        undone_at=row.undone_at,
    )
