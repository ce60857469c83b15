"""What people are asked in a round: more of it, or no more."""

from typing import Any

from ninja import Router, Schema

from api.auth import MANAGER
from api.plans import PlanBody, planned
from api.request import ApiRequest
from api.routers.rounds import RoundProgressOut, progress_out, round_of
from rounds.collecting import ending, opening

router = Router(tags=["rounds"])


class AskedOut(Schema):
    """Kind -> how many tasks were opened, or will be as soon as their completions are written."""

    tasks: dict[str, int]


class CostOut(Schema):
    """What ending a round would take away, and what stays.

    open: tasks that are withdrawn. begun: people who hold one of them. waiting: prompts whose
    completions are not written any more. writing, training: runs that are stopped. answers: those
    that stay and count.
    """

    open: int
    begun: int
    waiting: int
    writing: int
    training: int
    answers: int


@router.post(
    "/projects/{slug:slug}/rounds/{int:number}/ask",
    auth=MANAGER,
    response=AskedOut,
    summary="Ask for more in a round",
)
def ask_more(request: ApiRequest, slug: str, number: int, body: PlanBody) -> dict[str, Any]:
    """Fewer than were asked for, where there are not so many prompts that fit."""
    round_ = round_of(request, number)
    plan = body.plan(request.project)
    with planned():
        return {"tasks": opening.ask_more(round_=round_, by=request.user, plan=plan)}


@router.get(
    "/projects/{slug:slug}/rounds/{int:number}/cost",
    auth=MANAGER,
    response=CostOut,
    summary="What ending a round would take away",
)
def read_round_cost(request: ApiRequest, slug: str, number: int) -> dict[str, Any]:
    """To be read before it is ended."""
    return vars(ending.cost(round_of(request, number)))


@router.post(
    "/projects/{slug:slug}/rounds/{int:number}/end-collecting",
    auth=MANAGER,
    response=RoundProgressOut,
    summary="Ask nothing more in a round",
)
def end_collecting(request: ApiRequest, slug: str, number: int) -> dict[str, Any]:
    """Open tasks are withdrawn; it is trained with the answers that there are."""
    ending.end_collecting(round_=round_of(request, number), by=request.user)
    return progress_out(round_of(request, number))


@router.post(
    "/projects/{slug:slug}/rounds/{int:number}/cancel",
    auth=MANAGER,
    response=RoundProgressOut,
    summary="End a round without a model",
)
def cancel_round(request: ApiRequest, slug: str, number: int) -> dict[str, Any]:
    """Its runs are stopped and the next one may be opened; its answers stay and count.

    409 for one that is evaluated or over.
    """
    ending.cancel_round(round_=round_of(request, number), by=request.user, typed=str(number))
    return progress_out(round_of(request, number))
