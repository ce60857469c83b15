"""What a project puts before its prompts, by version."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema

from accounts.models import User
from labeling.access import project_for
from labeling.models import Preamble, Project, Role

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
    response=list[PreambleOut],
    summary="List the versions of the system prompt and exemplars",
)
def list_preambles(request: HttpRequest, slug: str) -> list[dict[str, Any]]:
    """Reviewers and managers of the project. The newest first; none where there was never one."""
    return [_out(each) for each in _project(request, slug).preambles.order_by("-number")]


@router.get(
    "/projects/{slug:slug}/preambles/{int:number}",
    response=PreambleOut,
    summary="One version of the system prompt and exemplars",
)
def read_preamble(request: HttpRequest, slug: str, number: int) -> dict[str, Any]:
    """Reviewers and managers of the project. A version never changes."""
    return _out(get_object_or_404(_project(request, slug).preambles, number=number))


def _project(request: HttpRequest, slug: str) -> Project:
    user = request.user
    assert isinstance(user, User)
    return project_for(user, slug, role=Role.REVIEWER)
