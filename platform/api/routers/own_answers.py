"""One's own answers: read, corrected, taken back, talked about."""

from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema, Status
from pydantic import Field

from api.answers import OwnAnswer, ReviewOut, own_answer, own_answers, own_out, review_out
from api.auth import ANNOTATOR
from api.request import ApiRequest
from api.schemas import Body, Page, Place, Text, example, page_of
from labeling import reviewing, revising
from labeling.checks import telling
from labeling.models import Annotation, Review

router = Router(tags=["answers"])


class CommentIn(Body, json_schema_extra=example(text="I meant a fresh egg.")):
    """Something said of an answer."""

    text: Text = Field(description="What reviewers read beside the answer.")


class Reopened(Schema):
    """assignment: where the correction is submitted, with the answer as its draft."""

    assignment: int


@router.get(
    "/projects/{slug:slug}/own-answers",
    auth=ANNOTATOR,
    response=Page[OwnAnswer],
    summary="List your own answers",
)
def list_own_answers(request: ApiRequest, slug: str, place: Query[Place]) -> dict[str, Any]:
    """The newest first, without those that a correction has replaced."""
    rows = own_answers(request).newest().with_content()
    return page_of(rows, place, lambda row: _told(request, row))


@router.get(
    "/projects/{slug:slug}/own-answers/{int:pk}",
    auth=ANNOTATOR,
    response=OwnAnswer,
    summary="Read an answer of yours",
)
def read_own_answer(request: ApiRequest, slug: str, pk: int) -> dict[str, Any]:
    """As it was given."""
    return own_answer(request, pk)


@router.post(
    "/projects/{slug:slug}/own-answers/{int:pk}/correct",
    auth=ANNOTATOR,
    response=Reopened,
    summary="Correct an answer of yours",
)
def correct_answer(request: ApiRequest, slug: str, pk: int) -> dict[str, int]:
    """It counts until the correction is submitted. Not once training has begun on it."""
    return {"assignment": revising.revise(annotation=_own(request, pk), by=request.user).pk}


@router.post(
    "/projects/{slug:slug}/own-answers/{int:pk}/take-back",
    auth=ANNOTATOR,
    response=OwnAnswer,
    summary="Take an answer of yours back",
)
def take_answer_back(request: ApiRequest, slug: str, pk: int) -> dict[str, Any]:
    """It counts no more; the task goes to someone else."""
    revising.take_back(annotation=_own(request, pk), by=request.user)
    return own_answer(request, pk)


@router.get(
    "/projects/{slug:slug}/own-answers/{int:pk}/reviews",
    auth=ANNOTATOR,
    response=Page[ReviewOut],
    summary="List what was said of an answer of yours",
)
def list_own_reviews(
    request: ApiRequest, slug: str, pk: int, place: Query[Place]
) -> dict[str, Any]:
    """The oldest first; those of answers that this one corrects among them."""
    rows = Review.objects.thread(_own(request, pk))
    return page_of(rows, place, review_out, newest_first=False)


@router.post(
    "/projects/{slug:slug}/own-answers/{int:pk}/comments",
    auth=ANNOTATOR,
    response={201: ReviewOut},
    summary="Say something of an answer of yours",
)
def comment_own_answer(
    request: ApiRequest, slug: str, pk: int, body: CommentIn
) -> Status[dict[str, Any]]:
    """Those who review it read it."""
    said = reviewing.comment(annotation=_own(request, pk), by=request.user, text=body.text)
    return Status(201, review_out(said))


def _told(request: ApiRequest, row: Annotation) -> dict[str, Any]:
    row.task.project = request.project
    telling.conceal([row], request.project)
    return own_out(row)


def _own(request: ApiRequest, pk: int) -> Annotation:
    found: Annotation = get_object_or_404(own_answers(request), pk=pk)
    return found
