"""What a project puts before its prompts, by version."""

from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from api.auth import REVIEWER
from api.request import ApiRequest
from api.schemas import Page, Place, page_of
from labeling.models import Preamble

router = Router(tags=["preambles"])


class MessageOut(Schema):
    """One message."""

    role: str
    content: str


class PreambleOut(Schema):
    """One version: a system message or none, then exemplars as turns of user and assistant.

    The newest is the one that the next round is opened with.
    """

    version: int
    messages: list[MessageOut]
    created_at: datetime


def _out(preamble: Preamble) -> dict[str, Any]:
    return {
        "version": preamble.number,
        "messages": preamble.messages,
        "created_at": preamble.created_at,
    }


@router.get(
    "/projects/{slug:slug}/preambles",
    auth=REVIEWER,
    response=Page[PreambleOut],
    summary="List the versions of the system prompt and exemplars",
)
def list_preambles(request: ApiRequest, slug: str, place: Query[Place]) -> dict[str, Any]:
    """The newest first; none where there was never one."""
    return page_of(request.project.preambles.all(), place, _out)


@router.get(
    "/projects/{slug:slug}/preambles/{int:number}",
    auth=REVIEWER,
    response=PreambleOut,
    summary="One version of the system prompt and exemplars",
)
def read_preamble(request: ApiRequest, slug: str, number: int) -> dict[str, Any]:
    """A version never changes."""
    return _out(get_object_or_404(request.project.preambles, number=number))
