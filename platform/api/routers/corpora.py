"""Corpora: texts that PPO mixes in against forgetting."""

from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import File, Form, Query, Router, Schema, Status, UploadedFile
from pydantic import Field

from api.auth import MANAGER
from api.fields import cleaned
from api.parts import name_of
from api.request import ApiRequest
from api.schemas import Page, Place, page_of
from core.errors import BadInputError
from core.text import clean_name
from rounds.corpora import storing
from rounds.corpora.files import read_texts
from rounds.corpora.forms import CorpusForm
from rounds.models import Corpus

router = Router(tags=["corpora"])


class CorpusOut(Schema):
    """Texts of a file, which never change. beginning: of the first of them."""

    id: int
    name: str
    sha256: str
    texts: int
    characters: int
    beginning: str
    added_by: str
    added_at: datetime


class CorpusFields(Schema):
    """What goes with the file."""

    name: str = Field("", max_length=120, description="Runs name it so; else it is the file's.")
    encoding: str = Field("", max_length=40, description="Of the file; else it is found out.")


def corpus_of(request: ApiRequest, pk: int) -> Corpus:
    """That of the address."""
    return get_object_or_404(request.project.corpora.select_related("added_by"), pk=pk)


def _out(row: Corpus) -> dict[str, Any]:
    names = ("name", "sha256", "texts", "characters", "beginning", "added_at")
    told = {name: getattr(row, name) for name in names}
    return {"id": row.pk, "added_by": name_of(row.added_by), **told}


@router.get(
    "/projects/{slug:slug}/corpora",
    auth=MANAGER,
    response=Page[CorpusOut],
    summary="List the corpora",
)
def list_corpora(request: ApiRequest, slug: str, place: Query[Place]) -> dict[str, Any]:
    """The newest first."""
    return page_of(request.project.corpora.select_related("added_by"), place, _out)


@router.post(
    "/projects/{slug:slug}/corpora",
    auth=MANAGER,
    response={201: CorpusOut},
    summary="Add a corpus",
)
def add_corpus(
    request: ApiRequest,
    slug: str,
    file: File[UploadedFile],
    fields: Form[CorpusFields],
) -> Status[dict[str, Any]]:
    """Plain text, or JSON lines with `text`. 422 names each line that cannot be taken."""
    asked = cleaned(CorpusForm(fields.model_dump(), request.FILES))
    name = clean_name(getattr(file, "name", ""), limit=200)
    found = read_texts(asked["file"], name=name, encoding=asked["encoding"])
    if found.errors:
        errors = {error.place: error.message for error in found.errors}
        raise BadInputError(_("Some lines cannot be taken: see errors."), errors=errors)
    added = storing.add(
        project=request.project, name=asked["name"] or name, texts=found.rows, by=request.user
    )
    return Status(201, _out(added))


@router.get(
    "/projects/{slug:slug}/corpora/{int:pk}",
    auth=MANAGER,
    response=CorpusOut,
    summary="One corpus",
)
def read_corpus(request: ApiRequest, slug: str, pk: int) -> dict[str, Any]:
    """Its texts are in its file."""
    return _out(corpus_of(request, pk))


@router.delete(
    "/projects/{slug:slug}/corpora/{int:pk}",
    auth=MANAGER,
    response={204: None},
    summary="Remove a corpus",
)
def remove_corpus(request: ApiRequest, slug: str, pk: int) -> Status[None]:
    """409 where a run was launched with it."""
    storing.remove(corpus=corpus_of(request, pk), by=request.user)
    return Status(204, None)
