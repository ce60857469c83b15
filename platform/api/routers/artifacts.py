"""Files of models, snapshots and corpora: listed with their sums, and downloaded."""

from pathlib import PurePosixPath
from typing import Annotated, Any

from django.http.response import HttpResponseBase
from ninja import Router, Schema
from pydantic import WithJsonSchema

from api.auth import MANAGER
from api.files import DOWNLOAD, answer
from api.request import ApiRequest
from api.routers.corpora import corpus_of
from api.routers.models import version_of
from api.routers.snapshots import snapshot_of
from registry.models import ModelVersion
from rounds.models import Corpus, Snapshot

router = Router(tags=["artifacts"])
Artifact = ModelVersion | Snapshot | Corpus
Name = Annotated[str, WithJsonSchema({"type": "string", "minLength": 1, "pattern": "^[^/]+$"})]


class FileOut(Schema):
    """One file of a stored folder, which never changes. size: bytes."""

    name: str
    size: int
    sha256: str


class FilesOut(Schema):
    """The files of a folder, by name. sha256: of the folder, which is of all of them."""

    sha256: str
    files: list[FileOut]


def _files_out(row: Artifact) -> dict[str, Any]:
    files = sorted(row.manifest.items())
    told = [{"name": n, "size": each["size"], "sha256": each["sha256"]} for n, each in files]
    return {"sha256": row.sha256, "files": told}


def _download(request: ApiRequest, row: Artifact, name: str, *, called: str) -> HttpResponseBase:
    saved_as = f"{request.project.slug}-{called}-{PurePosixPath(name).name}"
    return answer(request, uri=row.uri, files=row.manifest, name=name, saved_as=saved_as)


@router.get(
    "/projects/{slug:slug}/models/{int:pk}/files",
    auth=MANAGER,
    response=FilesOut,
    summary="List the files of a model",
)
def list_model_files(request: ApiRequest, slug: str, pk: int) -> dict[str, Any]:
    """Together they are a folder that Hugging Face's `from_pretrained` reads."""
    return _files_out(version_of(request, pk))


@router.get(
    "/projects/{slug:slug}/models/{int:pk}/files/{path:name}",
    auth=MANAGER,
    openapi_extra=DOWNLOAD,
    summary="Download a file of a model",
)
def download_model_file(request: ApiRequest, slug: str, pk: int, name: Name) -> HttpResponseBase:
    """Whole, or the part that `Range` asks for."""
    return _download(request, version_of(request, pk), name, called=f"model-{pk}")


@router.get(
    "/projects/{slug:slug}/snapshots/{int:pk}/files",
    auth=MANAGER,
    response=FilesOut,
    summary="List the files of a snapshot",
)
def list_snapshot_files(request: ApiRequest, slug: str, pk: int) -> dict[str, Any]:
    """A Parquet file for each table."""
    return _files_out(snapshot_of(request, pk))


@router.get(
    "/projects/{slug:slug}/snapshots/{int:pk}/files/{path:name}",
    auth=MANAGER,
    openapi_extra=DOWNLOAD,
    summary="Download a file of a snapshot",
)
def download_snapshot_file(request: ApiRequest, slug: str, pk: int, name: Name) -> HttpResponseBase:
    """Whole, or the part that `Range` asks for."""
    return _download(request, snapshot_of(request, pk), name, called=f"snapshot-{pk}")


@router.get(
    "/projects/{slug:slug}/corpora/{int:pk}/files",
    auth=MANAGER,
    response=FilesOut,
    summary="List the files of a corpus",
)
def list_corpus_files(request: ApiRequest, slug: str, pk: int) -> dict[str, Any]:
    """One Parquet file, with a row for each text."""
    return _files_out(corpus_of(request, pk))


@router.get(
    "/projects/{slug:slug}/corpora/{int:pk}/files/{path:name}",
    auth=MANAGER,
    openapi_extra=DOWNLOAD,
    summary="Download a file of a corpus",
)
def download_corpus_file(request: ApiRequest, slug: str, pk: int, name: Name) -> HttpResponseBase:
    """Whole, or the part that `Range` asks for."""
    return _download(request, corpus_of(request, pk), name, called=f"corpus-{pk}")
