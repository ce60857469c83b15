"""Deciding on the prompts that people proposed."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from api.auth import REVIEWER
from api.fields import asked
from api.proposals import ProposalOut, proposal_out
from api.request import ApiRequest
from api.schemas import Body, Key, Page, Place, Text, example, page_of
from core.errors import BadInputError
from labeling.models import Proposal, Role
from labeling.proposals import deciding
from labeling.proposals.deciding import LONGEST_REASON
from labeling.proposals.forms import ProposalFilter
from labeling.proposals.queries import ProposalQuerySet

router = Router(tags=["proposals"])


class ProposalQuery(Place):
    """Which of those that wait."""

    form: str | None = Field(None, description="`plain`, `few_shot` or `user_based`.")
    use_case: str | None = Field(None, description="Asked for this use case only.")
    author: Key | None = Field(None, description="The id of who proposed them.")


class AcceptIn(Body, json_schema_extra=example(proposals=[7, 8])):
    """Which proposals are accepted."""

    proposals: list[Key] = Field(min_length=1, max_length=200, description="By their ids.")


class Accepted(Schema):
    """accepted: their ids. known: still wait, as the project has them already.

    gone: how many were decided on meanwhile.
    """

    accepted: list[int]
    known: list[int]
    gone: int


class EditedIn(Body, json_schema_extra=example(texts=["Why do hens cluck?"])):
    """A proposal as it is to be."""

    texts: list[Text] = Field(description="One for each of its messages, in order.")


class ReturnIn(Body, json_schema_extra=example(reason="Ask one thing only.")):
    """Why a proposal is returned."""

    reason: Text = Field(
        description=f"What its author is to do about it, at most {LONGEST_REASON} characters."
    )


@router.get(
    "/projects/{slug:slug}/proposals",
    auth=REVIEWER,
    response=Page[ProposalOut],
    summary="List the proposals that wait",
)
def list_proposals(request: ApiRequest, slug: str, query: Query[ProposalQuery]) -> dict[str, Any]:
    """The oldest first. A reviewer decides on none of their own."""
    chosen = asked(query, ProposalFilter).asked
    lookups = {"form": "wanted__form"}
    rows = _decided_by(request).waiting(request.project)
    rows = rows.filter(**{lookups.get(name, name): value for name, value in chosen.items()})
    return page_of(rows.select_related("wanted", "author"), query, proposal_out, newest_first=False)


@router.post(
    "/projects/{slug:slug}/proposals/accept",
    auth=REVIEWER,
    response=Accepted,
    summary="Accept proposals",
)
def accept_proposals(request: ApiRequest, slug: str, body: AcceptIn) -> dict[str, Any]:
    """Each becomes a prompt as it was proposed; their authors are told."""
    mine = _decided_by(request).filter(pk__in=body.proposals).values_list("pk", flat=True)
    done = deciding.accept(project=request.project, proposals=mine, by=request.user)
    return {
        "accepted": [row.pk for row in done.accepted],
        "known": [row.pk for row in done.known],
        "gone": done.gone,
    }


@router.post(
    "/projects/{slug:slug}/proposals/{int:pk}/accept-edited",
    auth=REVIEWER,
    response=ProposalOut,
    summary="Accept a proposal with other texts",
)
def accept_edited_proposal(
    request: ApiRequest, slug: str, pk: int, body: EditedIn
) -> dict[str, Any]:
    """What was proposed stays too."""
    found = _one(request, pk)
    if len(body.texts) != len(found.messages):
        message = _("Each message needs a text: write one for each.")
        raise BadInputError(message, errors={"texts": message})
    deciding.accept_edited(proposal=found, texts=body.texts, by=request.user)
    return proposal_out(_one(request, pk))


@router.post(
    "/projects/{slug:slug}/proposals/{int:pk}/return",
    auth=REVIEWER,
    response=ProposalOut,
    summary="Return a proposal to its author",
)
def return_proposal(request: ApiRequest, slug: str, pk: int, body: ReturnIn) -> dict[str, Any]:
    """They may write it anew."""
    deciding.return_to_author(proposal=_one(request, pk), reason=body.reason, by=request.user)
    return proposal_out(_one(request, pk))


def _decided_by(request: ApiRequest) -> ProposalQuerySet:
    """What the caller may see of what was submitted."""
    rows = Proposal.objects.filter(project=request.project)
    drafts = [Proposal.State.DRAFT, Proposal.State.ERASED]
    is_manager = request.member.role == Role.MANAGER
    return rows.exclude(state__in=drafts).deciding(request.user, is_manager=is_manager)


def _one(request: ApiRequest, pk: int) -> Proposal:
    rows = _decided_by(request).select_related("wanted", "author", "project")
    found: Proposal = get_object_or_404(rows, pk=pk)
    return found
