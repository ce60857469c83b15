"""The card and the whole folder as answers, of pages and of the API."""

from django.http import HttpResponse, StreamingHttpResponse

from registry.zipping import zipped
from rounds.dataset_card import NAME, card
from rounds.models import Snapshot


def card_response(snapshot: Snapshot) -> HttpResponse:
    """README.md, to be saved."""
    response = HttpResponse(card(snapshot), content_type="text/markdown; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{NAME}"'
    return response


def folder_response(snapshot: Snapshot) -> StreamingHttpResponse:
    """A zip of a folder with the card and the Parquet files, which `load_dataset` reads."""
    folder = f"{snapshot.project.slug}-{snapshot.sha256[:12]}"
    pieces = zipped(folder, snapshot.uri, snapshot.manifest, {NAME: card(snapshot)})
    response = StreamingHttpResponse(pieces, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{folder}.zip"'
    response["X-Accel-Buffering"] = "no"
    return response
