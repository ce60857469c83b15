"""The guidelines of a project, and their versions."""

from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema, Status
from pydantic import Field

from api.auth import ANNOTATOR, MANAGER
from api.request import ApiRequest
from api.routers.settings import change
from api.schemas import Body, Page, Place, example, page_of
from labeling import projects
from labeling.forms import LONGEST_GUIDELINES
from labeling.models import GuidelineVersion

router = Router(tags=["guidelines"])


class GuidelinesOut(Schema):
    """One version: a text in Markdown, which never changes."""

    version: int
    text: str
    created_by: str
    created_at: datetime


class GuidelinesIn(Body, json_schema_extra=example(text="Be brief. Say when you are not sure.")):
    """Another text."""

    text: str = Field(
        max_length=LONGEST_GUIDELINES, description="All of it, in Markdown: a new version."
    )


def _out(row: GuidelineVersion) -> dict[str, Any]:
    return {
        "version": row.number,
        "text": row.text,
        "created_by": str(row.created_by or ""),
        "created_at": row.created_at,
    }


@router.get(
    "/projects/{slug:slug}/guidelines",
    auth=ANNOTATOR,
    response=Page[GuidelinesOut],
    summary="List the versions of the guidelines",
)
def list_guidelines(request: ApiRequest, slug: str, place: Query[Place]) -> dict[str, Any]:
    """The newest first."""
    return page_of(_versions(request), place, _out)


@router.post(
    "/projects/{slug:slug}/guidelines",
    auth=MANAGER,
    response={201: GuidelinesOut},
    summary="Write new guidelines",
)
def write_guidelines(request: ApiRequest, slug: str, body: GuidelinesIn) -> Status[dict[str, Any]]:
    """A new version; the text that there is already is none."""
    row = change(request, {"guidelines": body.text})
    return Status(201, _out(_versions(request).get(number=row.guideline_version)))


@router.get(
    "/projects/{slug:slug}/guidelines/{int:number}",
    auth=ANNOTATOR,
    response=GuidelinesOut,
    summary="Read one version of the guidelines",
)
def read_guidelines(request: ApiRequest, slug: str, number: int) -> dict[str, Any]:
    """Reading by API notes nothing: `/read` does."""
    return _out(get_object_or_404(_versions(request), number=number))


@router.post(
    "/projects/{slug:slug}/guidelines/{int:number}/read",
    auth=ANNOTATOR,
    response={204: None},
    summary="Note that you have read the guidelines",
)
def mark_guidelines_read(request: ApiRequest, slug: str, number: int) -> Status[None]:
    """Where the project wants it, no task is taken before the newest version is read."""
    projects.mark_guidelines_read(project=request.project, user=request.user, version=number)
    return Status(204, None)


def _versions(request: ApiRequest) -> Any:
    return request.project.guideline_versions.select_related("created_by")
