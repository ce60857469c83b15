"""Permalinks: exports that were frozen, each a file that never changes."""

from datetime import datetime
from typing import Any, Literal

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field

from api.auth import MANAGER, REVIEWER
from api.conduct import refuses
from api.exports import freezing
from api.exports.encoding import CONTENT_TYPES
from api.exports.filters import Filters
from api.exports.frozen_file import frozen_file
from api.request import ApiRequest
from api.routers.exports import DatasetName
from api.schemas import Body, Page, Place, example, page_of
from rounds.models import FrozenExport

router = Router(tags=["exports"])
FILE = {
    content_type: {"schema": {"type": "string", "format": "binary"}}
    for content_type in CONTENT_TYPES.values()
}


class FiltersIn(Filters):
    """As in the address of an export."""

    model_config = ConfigDict(extra="forbid")


class FrozenIn(
    Body,
    json_schema_extra=example(dataset="preferences", encoding="jsonl", filters={"split": "train"}),
):
    """What to freeze."""

    dataset: DatasetName = Field(description="What is exported.")
    encoding: Literal["jsonl", "parquet", "csv"] = Field(
        "jsonl", description="The form of the file."
    )
    filters: FiltersIn = Field(
        FiltersIn.model_validate({}), description="Which rows; those left out keep none away."
    )


class FrozenOut(Schema):
    """A frozen export. state: of the job that writes it; until it has, sha256 is "" and size 0."""

    id: int
    dataset: str
    encoding: str
    filters: dict[str, str]
    state: str
    sha256: str
    size: int
    made_by: str
    created_at: datetime


def _out(row: FrozenExport) -> dict[str, Any]:
    return {
        "id": row.pk,
        "dataset": row.dataset,
        "encoding": row.encoding,
        "filters": row.filters,
        "state": row.state,
        "sha256": row.sha256,
        "size": row.size,
        "made_by": str(row.made_by or ""),
        "created_at": row.created_at,
    }


@router.post(
    "/projects/{slug:slug}/exports",
    auth=MANAGER,
    response={202: FrozenOut},
    summary="Freeze an export",
)
def freeze_export(request: ApiRequest, slug: str, body: FrozenIn) -> Status[dict[str, Any]]:
    """A job writes it as it is then, once: whoever asks for its file later gets the same bytes."""
    frozen = freezing.freeze(
        project=request.project,
        dataset=body.dataset,
        encoding=body.encoding,
        filters=body.filters,
        by=request.user,
    )
    return Status(202, _out(frozen))


@router.get(
    "/projects/{slug:slug}/exports",
    auth=REVIEWER,
    response=Page[FrozenOut],
    summary="List frozen exports",
)
def list_frozen_exports(request: ApiRequest, slug: str, place: Query[Place]) -> dict[str, Any]:
    """The newest first."""
    found = request.project.frozen_exports.select_related("job", "made_by")
    return page_of(found, place, _out)


@router.get(
    "/projects/{slug:slug}/exports/{int:pk}",
    auth=REVIEWER,
    response=FrozenOut,
    summary="One frozen export",
)
def read_frozen_export(request: ApiRequest, slug: str, pk: int) -> dict[str, Any]:
    """Ask until `state` is succeeded; then its file is there, and `sha256` is that of the file."""
    return _out(_frozen(request, pk))


@router.get(
    "/projects/{slug:slug}/exports/{int:pk}/file",
    auth=REVIEWER,
    summary="The file of a frozen export",
    openapi_extra={
        "responses": {
            200: {
                "description": "All of it. `ETag` and `Repr-Digest` are its SHA-256.",
                "content": FILE,
            },
            206: {"description": "The part that `Range` asks for.", "content": FILE},
            304: {"description": "`If-None-Match` names it: it is there already."},
        }
    },
)
@refuses(409)
def read_frozen_file(request: ApiRequest, slug: str, pk: int) -> HttpResponseBase:
    """`Range` resumes a download that was cut, with `If-Range` the `ETag` of what came before.

    It never changes. 409 until its job has written it.
    """
    return frozen_file(request, _frozen(request, pk))


@router.delete(
    "/projects/{slug:slug}/exports/{int:pk}",
    auth=MANAGER,
    response={204: None},
    summary="Remove a frozen export",
)
def remove_frozen_export(request: ApiRequest, slug: str, pk: int) -> Status[None]:
    """Its file goes too; the labels stay. As when somebody's answers have to go everywhere."""
    freezing.remove(frozen=_frozen(request, pk), by=request.user)
    return Status(204, None)


def _frozen(request: ApiRequest, pk: int) -> FrozenExport:
    found = FrozenExport.objects.select_related("job", "made_by", "project")
    return get_object_or_404(found, pk=pk, project=request.project)
