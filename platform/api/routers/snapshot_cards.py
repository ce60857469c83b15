"""The dataset card of a snapshot, and the folder that has it."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from ninja import Router

from api.auth import MANAGER
from api.request import ApiRequest
from api.routers.snapshots import snapshot_of
from rounds.dataset_card.responses import card_response, folder_response

router = Router(tags=["snapshots"])
CARD = {
    "responses": {
        200: {
            "description": "README.md, with front matter as the Hugging Face Hub has it.",
            "content": {"text/markdown": {"schema": {"type": "string"}}},
        }
    }
}
FOLDER = {
    "responses": {
        200: {
            "description": "A zip archive of one folder.",
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}


@router.get(
    "/projects/{slug:slug}/snapshots/{int:pk}/card",
    auth=MANAGER,
    openapi_extra=CARD,
    summary="The dataset card of a snapshot",
)
def read_snapshot_card(request: ApiRequest, slug: str, pk: int) -> HttpResponse:
    """What the labels are, how they were made, splits, annotators, agreement, licence."""
    return card_response(snapshot_of(request, pk))


@router.get(
    "/projects/{slug:slug}/snapshots/{int:pk}/folder",
    auth=MANAGER,
    openapi_extra=FOLDER,
    summary="Download a snapshot as a folder",
)
def download_snapshot_archive(request: ApiRequest, slug: str, pk: int) -> HttpResponseBase:
    """The card and the Parquet files: unpacked, `datasets.load_dataset` reads it."""
    return folder_response(snapshot_of(request, pk))
