"""The card and the whole folder as answers, of pages and of the API."""

from django.http import HttpResponse, StreamingHttpResponse

from core.downloads import saved_as
from registry.zipping import zipped
from rounds.dataset_card import NAME, card
from rounds.models import Snapshot


def card_response(snapshot: Snapshot, *, to_save: bool = True) -> HttpResponse:
    """README.md, to be saved, or as text that browsers show."""
    kind, placed = ("markdown", "attachment") if to_save else ("plain", "inline")
    response = HttpResponse(card(snapshot), content_type=f"text/{kind}; charset=utf-8")
    response["Content-Disposition"] = f'{placed}; filename="{NAME}"'
    return response


def folder_response(snapshot: Snapshot) -> StreamingHttpResponse:
    """A zip of a folder with the card and the Parquet files, which `load_dataset` reads."""
    folder = f"{snapshot.project.slug}-{snapshot.sha256[:12]}"
    pieces = zipped(folder, snapshot.uri, snapshot.manifest, {NAME: card(snapshot)})
    headers = saved_as(f"{folder}.zip")
    return StreamingHttpResponse(pieces, content_type="application/zip", headers=headers)
