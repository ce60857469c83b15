"""How answers are given: to who gave them, and to those who review them."""

from datetime import datetime
from typing import Any

from ninja import Schema

from api.request import ApiRequest
from core.errors import NotFoundError
from labeling import revising
from labeling.checks import telling
from labeling.models import Annotation, Flag, Review


class OwnAnswer(Schema):
    """An answer, to the person who gave it. It never changes: a correction is another answer."""

    id: int
    kind: str
    answer: dict[str, Any]
    concerns: list[str]
    comment: str
    standing: str
    active_seconds: int
    guideline_version: int
    revises: int | None
    may_correct: bool
    created_at: datetime


class FlagOut(Schema):
    """Why an answer deserves a look."""

    flag: str
    reason: str


class AnswerOut(Schema):
    """An answer, to reviewers. flags: what was found in the background; it decides nothing."""

    id: int
    task: int
    prompt: int
    annotator: int
    annotator_name: str
    kind: str
    purpose: str
    round: int
    language: str
    split: str
    is_chosen: bool
    answer: dict[str, Any]
    shown_order: list[int]
    concerns: list[str]
    comment: str
    standing: str
    active_seconds: int
    guideline_version: int
    revises: int | None
    flags: list[FlagOut]
    created_at: datetime


class ReviewOut(Schema):
    """What someone said of an answer, or did about it."""

    id: int
    answer: int
    verb: str
    text: str
    by: str
    created_at: datetime


SAME = (
    "kind",
    "concerns",
    "comment",
    "standing",
    "active_seconds",
    "guideline_version",
    "created_at",
)


def own_answers(request: ApiRequest) -> Any:
    """The caller's own, those that a correction has replaced among them."""
    return request.user.annotations.filter(project=request.project)


def own_out(row: Annotation) -> dict[str, Any]:
    """One of them, after `telling.conceal`."""
    return {name: getattr(row, name) for name in SAME} | {
        "id": row.pk,
        "answer": row.body,
        "revises": row.revises_id,
        "may_correct": revising.may_correct(row),
    }


def own_answer(request: ApiRequest, pk: int) -> dict[str, Any]:
    """One of the caller's own as they may know it; NotFoundError for another's."""
    found = own_answers(request).with_content().filter(pk=pk).first()
    if found is None:
        raise NotFoundError
    found.task.project = request.project
    telling.conceal([found], request.project)
    return own_out(found)


def answer_out(row: Annotation) -> dict[str, Any]:
    """One, to reviewers."""
    flagged = getattr(row, "flagged", None)
    names = (*SAME, "purpose", "language", "split", "is_chosen", "shown_order")
    return {name: getattr(row, name) for name in names} | {
        "id": row.pk,
        "task": row.task_id,
        "prompt": row.task.prompt_id,
        "annotator": row.annotator_id,
        "annotator_name": str(row.annotator),
        "round": row.round_number,
        "answer": row.body,
        "revises": row.revises_id,
        "flags": [] if flagged is None else _flags(flagged),
    }


def review_out(row: Review) -> dict[str, Any]:
    """One of the thread of an answer."""
    return {
        "id": row.pk,
        "answer": row.annotation_id,
        "verb": row.verb,
        "text": row.text,
        "by": str(row.actor),
        "created_at": row.created_at,
    }


def _flags(flagged: Any) -> list[dict[str, str]]:
    names = [flag.value for flag in Flag if getattr(flagged, flag.value)]
    return [
        {"flag": name, "reason": reason}
        for name, (_label, reason) in zip(names, flagged.reasons, strict=True)
    ]
