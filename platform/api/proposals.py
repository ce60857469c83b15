"""How a proposal is given, to its author and to those who decide on it."""

from datetime import datetime
from typing import Any

from ninja import Schema

from labeling.models import Proposal


class ProposalOut(Schema):
    """A prompt that somebody wrote. written: its parts; messages: what a model is asked.

    reason: why it was returned. prompt: the id of what it has become.
    """

    id: int
    wanted: int
    form: str
    author: int
    author_name: str
    state: str
    draft: dict[str, Any] | None
    draft_version: int
    written: dict[str, Any]
    messages: list[dict[str, Any]]
    language: str
    use_case: str
    reason: str
    prompt: int | None
    revises: int | None
    created_at: datetime
    submitted_at: datetime | None


def proposal_out(row: Proposal) -> dict[str, Any]:
    """One of them, with what is wanted and its author."""
    names = ("state", "draft", "draft_version", "messages", "language", "use_case", "reason")
    return {name: getattr(row, name) for name in (*names, "created_at", "submitted_at")} | {
        "id": row.pk,
        "wanted": row.wanted_id,
        "form": row.wanted.form,
        "author": row.author_id,
        "author_name": str(row.author),
        "written": row.body,
        "prompt": row.prompt_id,
        "revises": row.revises_id,
    }
