"""Rounds: listed, opened, read with how far they are."""

from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema, Status

from api.auth import MANAGER
from api.parts import ModelPart, model_part, name_of
from api.plans import RoundBody, planned
from api.request import ApiRequest
from api.schemas import Page, Place, page_of
from rounds.collecting import opening
from rounds.collecting.progress import labels_by_kind, labels_wanted
from rounds.left_out import left_out
from rounds.loop import loop_of
from rounds.models import Round

router = Router(tags=["rounds"])


class RoundOut(Schema):
    """One turn of the loop. state: collecting, training, evaluated, closed or cancelled.

    plan: what was asked when it was opened. writer: the model that writes its completions.
    preamble: the version of what stands before its prompts, null where nothing does.
    """

    number: int
    state: str
    plan: dict[str, Any]
    writer: ModelPart
    preamble: int | None
    opened_by: str
    opened_at: datetime
    closed_at: datetime | None


class OfKindOut(Schema):
    """The answers of one kind. waiting: prompts whose completions are being written."""

    kind: str
    wanted: int
    given: int
    waiting: int


class StepOut(Schema):
    """A step of the round. state: todo, active, waiting, done, kept, failed or cancelled."""

    name: str
    state: str
    detail: str


class LeftOutOut(Schema):
    """Prompts that a run could do nothing with: how many, and the ids of the first of them."""

    reason: str
    count: int
    prompts: list[int]


class RoundProgressOut(RoundOut):
    """A round and how far it is: its answers, all in all and by kind, and its steps in order.

    is_live: a machine works in it, so that it is worth another look in some seconds.
    """

    wanted: int
    given: int
    kinds: list[OfKindOut]
    steps: list[StepOut]
    left_out: list[LeftOutOut]
    is_live: bool


def round_of(request: ApiRequest, number: int) -> Round:
    """That of the address."""
    rounds = Round.objects.select_related("project__family", "writer", "opened_by", "preamble")
    return get_object_or_404(rounds, project=request.project, number=number)


def _out(round_: Round) -> dict[str, Any]:
    return {
        "number": round_.number,
        "state": round_.state,
        "plan": round_.plan,
        "writer": model_part(round_.writer),
        "preamble": round_.preamble.number if round_.preamble else None,
        "opened_by": name_of(round_.opened_by),
        "opened_at": round_.opened_at,
        "closed_at": round_.closed_at,
    }


def progress_out(round_: Round) -> dict[str, Any]:
    """As `RoundProgressOut`."""
    loop = loop_of(round_)
    return {
        **_out(round_),
        **labels_wanted(round_),
        "kinds": [{"kind": kind, **n} for kind, n in sorted(labels_by_kind(round_).items())],
        "steps": [
            {"name": box.key, "state": box.state, "detail": box.detail} for box in loop.boxes
        ],
        "left_out": [left_out_out(one) for one in left_out(round_)],
        "is_live": loop.is_live,
    }


def left_out_out(one: Any) -> dict[str, Any]:
    """As `LeftOutOut`, of rounds.left_out."""
    ids = [prompt.pk for prompt in one.prompts]
    return {"reason": str(one.reason), "count": one.count, "prompts": ids}


@router.get(
    "/projects/{slug:slug}/rounds", auth=MANAGER, response=Page[RoundOut], summary="List the rounds"
)
def list_rounds(request: ApiRequest, slug: str, place: Query[Place]) -> dict[str, Any]:
    """The newest first."""
    found = request.project.rounds.select_related("writer", "opened_by", "preamble")
    return page_of(found, place, _out)


@router.post(
    "/projects/{slug:slug}/rounds",
    auth=MANAGER,
    response={201: RoundProgressOut},
    summary="Open the next round",
)
def open_round(request: ApiRequest, slug: str, body: RoundBody) -> Status[dict[str, Any]]:
    """The model that serves writes its completions; the round before it is closed by this.

    That one has to be evaluated, or cancelled, and its runs to have ended: else 409.
    """
    with planned():
        opened = opening.open_round(
            project=request.project,
            by=request.user,
            plan=body.plan(request.project),
            number=body.number,
        )
    return Status(201, progress_out(round_of(request, opened.number)))


@router.get(
    "/projects/{slug:slug}/rounds/{int:number}",
    auth=MANAGER,
    response=RoundProgressOut,
    summary="One round, and how far it is",
)
def read_round(request: ApiRequest, slug: str, number: int) -> dict[str, Any]:
    """What people have answered, where each stage stands, and what could not be asked."""
    return progress_out(round_of(request, number))
