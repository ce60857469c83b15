"""What people answered, for those who review it."""

from datetime import date
from typing import Annotated, Any, Literal

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from api.answers import AnswerOut, ReviewOut, answer_out, review_out
from api.auth import REVIEWER
from api.fields import asked
from api.request import ApiRequest
from api.schemas import Body, Key, Page, Place, Text, example, page_of
from core.errors import BadInputError
from labeling import reviewing
from labeling.answer_filter import AnswerFilter
from labeling.models import Annotation, Review
from labeling.review import Asked, items, queues

router = Router(tags=["answers"])
Number = Annotated[int, Field(ge=0, lt=2**31)]


class AnswerQuery(Place):
    """Which answers; without a standing those that a correction has replaced are left out."""

    standing: str | None = Field(None, description="As `standing` of an answer.")
    person: Key | None = Field(None, description="The id of an annotator.")
    kind: str | None = Field(None, description="The name of a kind (`kinds` lists them).")
    round: Number | None = Field(None, description="The number of their round.")
    language: str | None = Field(None, description="The tag of their prompt's language: `en`.")
    split: str | None = Field(None, description="Of their prompt: `train` or `heldout`.")
    task: Key | None = Field(None, description="The id of a task.")
    since: date | None = Field(None, description="Given on this day (UTC) or later: 2026-11-27.")
    until: date | None = Field(None, description="Given on this day (UTC) or earlier.")
    at_least: Number | None = Field(None, description="Seconds of work, at least.")
    at_most: Number | None = Field(None, description="Seconds of work, at most.")
    guideline: Number | None = Field(None, description="The version that was read.")
    agreement: Number | None = Field(None, description="Of their task, at most so many percent.")
    flag: str | None = Field(None, description="`any`, or one reason why it stands out.")
    mark: str | None = Field(None, description="One mark that the answer gives a text.")
    concern: str | None = Field(None, description="`any`, or one concern.")
    choice: str | None = Field(
        None, description="`chosen` where reward models differ, or `drawn` at random."
    )


class ReviewIn(Body, json_schema_extra=example(act="send_back", text="Say how long.")):
    """What a reviewer does about an answer."""

    act: Literal["comment", "approve", "send_back", "exclude", "include"] = Field(
        description="What is done; `include` takes an exclusion back."
    )
    text: Text = Field("", description="Why, or what is to be corrected; its annotator reads it.")
    ask_again: bool = Field(
        False, description="Of an answer that is excluded: someone else answers the task instead."
    )


class WalkIn(Body, json_schema_extra=example(queue="spot")):
    """Which answer comes next."""

    queue: str = Field(description=f"One of {', '.join(queues())}.")
    person: Key | None = Field(None, description="Whose answers, by their id: of the queue person.")
    later: list[Key] = Field(
        [], max_length=100, description="Answers that are left for later, by their ids."
    )


class NextOut(Schema):
    """answer: the one to look at now, null where none is left. left: how many wait."""

    answer: int | None
    left: int


@router.get(
    "/projects/{slug:slug}/answers", auth=REVIEWER, response=Page[AnswerOut], summary="List answers"
)
def list_answers(request: ApiRequest, slug: str, query: Query[AnswerQuery]) -> dict[str, Any]:
    """Those that fit all that is asked, the newest first."""
    rows = asked(query, AnswerFilter, project=request.project).answers()
    return page_of(rows.select_related("task", "annotator", "flagged"), query, answer_out)


@router.get(
    "/projects/{slug:slug}/answers/{int:pk}",
    auth=REVIEWER,
    response=AnswerOut,
    summary="Read an answer",
)
def read_answer(request: ApiRequest, slug: str, pk: int) -> dict[str, Any]:
    """As it was given."""
    return answer_out(_answer(request, pk))


@router.get(
    "/projects/{slug:slug}/answers/{int:pk}/reviews",
    auth=REVIEWER,
    response=Page[ReviewOut],
    summary="List what was said of an answer",
)
def list_reviews(request: ApiRequest, slug: str, pk: int, place: Query[Place]) -> dict[str, Any]:
    """The oldest first; those of answers that this one corrects among them."""
    rows = Review.objects.thread(_answer(request, pk))
    return page_of(rows, place, review_out, newest_first=False)


@router.post(
    "/projects/{slug:slug}/answers/{int:pk}/reviews",
    auth=REVIEWER,
    response={201: AnswerOut},
    summary="Review an answer",
)
def review_answer(
    request: ApiRequest, slug: str, pk: int, body: ReviewIn
) -> Status[dict[str, Any]]:
    """Comment it, find it right, send it back, let it count no more, or count again."""
    found, by = _answer(request, pk), request.user
    match body.act:
        case "comment":
            reviewing.comment(annotation=found, by=by, text=body.text)
        case "approve":
            reviewing.approve(annotation=found, by=by)
        case "send_back":
            reviewing.send_back(annotation=found, by=by, text=body.text)
        case "exclude":
            reviewing.exclude(annotation=found, by=by, text=body.text, ask_again=body.ask_again)
        case "include":
            reviewing.include(annotation=found, by=by, text=body.text)
    return Status(201, answer_out(_answer(request, pk)))


@router.post(
    "/projects/{slug:slug}/reviews/next",
    auth=REVIEWER,
    response=NextOut,
    summary="Find the next answer to review",
)
def next_review(request: ApiRequest, slug: str, body: WalkIn) -> dict[str, Any]:
    """Of the spot checks new ones are drawn first. Never an answer of your own."""
    queue = queues().get(body.queue)
    if queue is None or (queue.of_person and body.person is None):
        message = _("Choose what you want to review.")
        raise BadInputError(message, errors={"queue": message})
    if body.queue == "spot":
        items.draw(project=request.project)
    wanted = Asked(
        project=request.project, reviewer=request.user, person=body.person, later=body.later
    )
    return {"answer": queue.first(wanted), "left": queue.left(wanted)}


def _answer(request: ApiRequest, pk: int) -> Annotation:
    rows = Annotation.objects.select_related("task", "annotator", "flagged")
    return get_object_or_404(rows, pk=pk, project=request.project)
