"""What people say of models, blind; and asking them."""

from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from api.auth import MANAGER
from api.fields import cleaned, named
from api.parts import ModelPart, model_part, name_of
from api.request import ApiRequest
from api.schemas import Body, Key, Page, Place, example, page_of
from core.errors import BadInputError
from rounds.models import EFFECT, Ballot
from rounds.verdict import asking, texts, writing
from rounds.verdict.asking import MOST_PROMPTS, MOST_VOTES
from rounds.verdict.forms import PROPOSED, BallotForm
from rounds.verdict.judging import judge
from rounds.verdict.reading import verdict_of

router = Router(tags=["votes"])


class PairOut(Schema):
    """What is said of two versions, the newer one against the older. ask: further prompts that it
    takes. figures: `prompts`, `votes`, `rate`, the share that the newer one won, and so on.
    """

    older: ModelPart
    newer: ModelPart
    ask: int
    figures: dict[str, Any]


class VerdictFiguresOut(Schema):
    """pairs: by people's votes; rankings: by labels that mixed models, which are no votes.

    computed_at: null before the first figures; new votes are counted within a minute.
    """

    pairs: list[PairOut]
    rankings: list[PairOut]
    effect: float
    computed_at: datetime | None


class BallotOut(Schema):
    """What people were asked. votes: on each prompt. effect: the smallest win rate worth having.

    questions: prompts that were asked about; awaited: those whose texts are being written.
    """

    id: int
    models: list[ModelPart]
    votes: int
    effect: float
    is_judged: bool
    questions: int
    awaited: int
    asked_by: str
    asked_at: datetime
    closed_at: datetime | None


class BallotBody(Body, json_schema_extra=example(models=[3, 5], prompts=20, votes=3)):
    """What people are asked of models."""

    models: list[Key] = Field(description="Two or more, by their ids; each two are compared.")
    prompts: int = Field(
        PROPOSED, description=f"Held-out ones for each two models, at most: 1 to {MOST_PROMPTS:,}."
    )
    votes: int = Field(1, description=f"How many people vote on a prompt, 1 to {MOST_VOTES}.")
    effect: int = Field(
        round(100 * EFFECT),
        description="The smallest win rate that is worth having, in percent: 52 to 90.",
    )
    is_written: bool = Field(False, description="Texts that are missing are written by runs.")
    is_judged: bool = Field(
        False, description="A language model is asked as well, where one is set up."
    )


def _ballot(request: ApiRequest, pk: int) -> Ballot:
    return get_object_or_404(request.project.ballots.select_related("asked_by"), pk=pk)


def _out(ballot: Ballot) -> dict[str, Any]:
    names = ("votes", "effect", "is_judged", "asked_at", "closed_at")
    models = sorted(ballot.versions.all(), key=lambda version: version.pk)
    return {
        "id": ballot.pk,
        **{name: getattr(ballot, name) for name in names},
        "models": [model_part(version) for version in models],
        "questions": ballot.questions.count(),
        "awaited": ballot.awaited.filter(left_out="").count(),
        "asked_by": name_of(ballot.asked_by),
    }


def _pair_out(pair: dict[str, Any]) -> dict[str, Any]:
    figures = {name: value for name, value in pair.items() if name not in PairOut.model_fields}
    models = {side: model_part(pair[side]) for side in ("older", "newer")}
    return {**models, "ask": pair["ask"], "figures": figures}


@router.get(
    "/projects/{slug:slug}/verdict",
    auth=MANAGER,
    response=VerdictFiguresOut,
    summary="What people say of the models",
)
def read_verdict(request: ApiRequest, slug: str) -> dict[str, Any]:
    """Of each two versions that were compared."""
    shown = verdict_of(request.project)
    return {
        "pairs": [_pair_out(pair) for pair in shown.pairs],
        "rankings": [_pair_out(pair) for pair in shown.rankings],
        "effect": shown.effect,
        "computed_at": shown.computed_at,
    }


@router.get(
    "/projects/{slug:slug}/ballots",
    auth=MANAGER,
    response=Page[BallotOut],
    summary="List what people were asked about models",
)
def list_ballots(request: ApiRequest, slug: str, place: Query[Place]) -> dict[str, Any]:
    """The newest first."""
    found = request.project.ballots.select_related("asked_by").prefetch_related("versions")
    return page_of(found, place, _out)


@router.post(
    "/projects/{slug:slug}/ballots",
    auth=MANAGER,
    response={201: BallotOut},
    summary="Ask people to compare models",
)
def ask_people(request: ApiRequest, slug: str, body: BallotBody) -> Status[dict[str, Any]]:
    """They do not see which is which. 409 where no held-out prompt is left to ask about."""
    data = body.model_dump()
    if body.is_judged and not judge():
        text = _("No language model is set up on this server: JUDGE_URL and JUDGE_MODEL name one.")
        raise BadInputError(text, errors={"is_judged": text})
    form = BallotForm(
        {**data, "versions": data["models"]}, versions=texts.comparable(request.project)
    )
    with named(lambda field: "models" if field == "versions" else field):
        cleaned(form)
        ballot = asking.ask(project=request.project, by=request.user, **form.asked())
    return Status(201, _out(ballot))


@router.post(
    "/projects/{slug:slug}/ballots/{int:pk}/write",
    auth=MANAGER,
    response=BallotOut,
    summary="Go on writing the texts of a vote",
)
def write_ballot_texts(request: ApiRequest, slug: str, pk: int) -> dict[str, Any]:
    """From where its runs failed or were cancelled; 409 where nothing is missing."""
    writing.go_on(ballot=_ballot(request, pk), by=request.user)
    return _out(_ballot(request, pk))


@router.post(
    "/projects/{slug:slug}/ballots/{int:pk}/close",
    auth=MANAGER,
    response=BallotOut,
    summary="Ask no more about models",
)
def close_ballot(request: ApiRequest, slug: str, pk: int) -> dict[str, Any]:
    """What was said counts. 409 where it is closed already."""
    asking.close(ballot=_ballot(request, pk), by=request.user)
    return _out(_ballot(request, pk))
