"""Prompts that people write: what is wanted, and one's own proposals."""

from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema, Status
from pydantic import Field

from api.auth import ANNOTATOR, MANAGER
from api.fields import cleaned
from api.proposals import ProposalOut, proposal_out
from api.request import ApiRequest
from api.schemas import ACTIVE, Body, Page, Place, Text, example, page_of
from labeling.models import LONGEST_DAY, MOST_WANTED, PromptForm, Proposal, WantedPrompts
from labeling.proposals import asking, writing
from labeling.proposals.forms import AskForm, ChangeForm, instruction

router = Router(tags=["proposals"])


class WantedOut(Schema):
    """So many prompts that a manager asks for. form: plain, few_shot or user_based."""

    id: int
    form: str
    use_case: str
    description: str
    instruction: str
    language: str
    number: int
    accepted: int
    waiting: int
    heldout_percent: int
    is_open: bool
    created_at: datetime


class WantedIn(Body, json_schema_extra=example(form="plain", number=20, language="en")):
    """What is asked for."""

    form: str = Field(description=f"One of {', '.join(PromptForm.values)}.")
    number: int = Field(description=f"How many prompts, 1 to {MOST_WANTED}.")
    use_case: str = Field("", description="At most 40 characters; empty for any.")
    description: Text = Field("", description="What authors read, at most 4,000 characters.")
    language: str = Field("", description="Its tag, as `en`; empty for any.")
    heldout_percent: int = Field(
        20, description="How many of those that are accepted are held out, 0 to 50."
    )


class WantedChange(Body, json_schema_extra=example(number=30)):
    """What is to be changed; what is left out stays."""

    number: int | None = Field(None, description=f"How many prompts, 1 to {MOST_WANTED}.")
    is_open: bool | None = Field(None, description="Whether more of them are written.")


class ProposalDraftIn(Body, json_schema_extra=example(draft={"turns": ["Why do"]}, version=0)):
    """A prompt that is not proposed yet."""

    draft: dict[str, Any] = Field(description="Anything, given back as it is.")
    version: int = Field(
        ge=0, lt=2**31, description="`draft_version` of the draft that this one began from."
    )
    active_seconds: int = Field(0, ge=0, le=LONGEST_DAY, description=ACTIVE)


class WrittenIn(
    Body,
    json_schema_extra=example(
        written={"turns": ["Why do hens cluck?"], "language": "", "use_case": ""}
    ),
):
    """A prompt that is proposed."""

    written: dict[str, Any] = Field(
        description="`turns`, or `instruction`, `pairs`, `query` and `labels` of a few-shot prompt;"
        " beside these `language` and `use_case`, which may be empty."
    )
    active_seconds: int = Field(0, ge=0, le=LONGEST_DAY, description=ACTIVE)


def _wanted_out(row: WantedPrompts) -> dict[str, Any]:
    names = ("form", "use_case", "description", "language", "number", "accepted", "waiting")
    return {name: getattr(row, name) for name in (*names, "heldout_percent", "created_at")} | {
        "id": row.pk,
        "instruction": instruction(row),
        "is_open": row.closed_at is None,
    }


@router.get(
    "/projects/{slug:slug}/wanted-prompts",
    auth=ANNOTATOR,
    response=Page[WantedOut],
    summary="List the prompts that are wanted",
)
def list_wanted(request: ApiRequest, slug: str, place: Query[Place]) -> dict[str, Any]:
    """In the languages that you are given; what is asked for no more is not among them."""
    asked = WantedPrompts.objects.asked().filter(project=request.project)
    rows = asked.given_to(request.member).with_progress()
    return page_of(rows, place, _wanted_out)


@router.post(
    "/projects/{slug:slug}/wanted-prompts",
    auth=MANAGER,
    response={201: WantedOut},
    summary="Ask for prompts",
)
def ask_for_prompts(request: ApiRequest, slug: str, body: WantedIn) -> Status[dict[str, Any]]:
    """The project's annotators are told."""
    fields = cleaned(AskForm(body.model_dump()))
    row = asking.ask(project=request.project, by=request.user, **fields)
    return Status(201, _wanted_out(_wanted(request, row.pk)))


@router.patch(
    "/projects/{slug:slug}/wanted-prompts/{int:pk}",
    auth=MANAGER,
    response=WantedOut,
    summary="Ask for another number, or for no more",
)
def change_wanted(request: ApiRequest, slug: str, pk: int, body: WantedChange) -> dict[str, Any]:
    """What was begun may still be submitted."""
    row = _wanted(request, pk)
    now = {"number": row.number, "is_open": row.closed_at is None}
    fields = cleaned(ChangeForm(now | body.model_dump(exclude_none=True)))
    asking.change(wanted=row, by=request.user, **fields)
    return _wanted_out(_wanted(request, pk))


@router.get(
    "/projects/{slug:slug}/own-proposals",
    auth=ANNOTATOR,
    response=Page[ProposalOut],
    summary="List the prompts that you wrote",
)
def list_own_proposals(request: ApiRequest, slug: str, place: Query[Place]) -> dict[str, Any]:
    """The newest first, without those that you have written anew."""
    rows = Proposal.objects.of(request.user, request.project)
    return page_of(rows.select_related("wanted", "author"), place, proposal_out)


@router.post(
    "/projects/{slug:slug}/wanted-prompts/{int:pk}/proposals",
    auth=ANNOTATOR,
    response={201: ProposalOut},
    summary="Begin to write a prompt that is wanted",
)
def begin_proposal(request: ApiRequest, slug: str, pk: int) -> Status[dict[str, Any]]:
    """The draft that you have begun for it, if there is one."""
    begun = writing.begin(wanted=_wanted(request, pk), author=request.user)
    return Status(201, proposal_out(_own(request, begun.pk)))


@router.get(
    "/projects/{slug:slug}/own-proposals/{int:pk}",
    auth=ANNOTATOR,
    response=ProposalOut,
    summary="Read a prompt that you wrote",
)
def read_own_proposal(request: ApiRequest, slug: str, pk: int) -> dict[str, Any]:
    """And what became of it."""
    return proposal_out(_own(request, pk))


@router.put(
    "/projects/{slug:slug}/own-proposals/{int:pk}/draft",
    auth=ANNOTATOR,
    response=ProposalOut,
    summary="Keep the draft of a prompt",
)
def keep_proposal_draft(
    request: ApiRequest, slug: str, pk: int, body: ProposalDraftIn
) -> dict[str, Any]:
    """409 with the type `stale_draft` where another page or script has saved since."""
    writing.save_draft(proposal=_own(request, pk), **body.model_dump())
    return proposal_out(_own(request, pk))


@router.post(
    "/projects/{slug:slug}/own-proposals/{int:pk}/submit",
    auth=ANNOTATOR,
    response=ProposalOut,
    summary="Propose the prompt",
)
def submit_proposal(request: ApiRequest, slug: str, pk: int, body: WrittenIn) -> dict[str, Any]:
    """409 where the project has it already, or nearly."""
    seconds = body.active_seconds
    writing.submit(proposal=_own(request, pk), sent=body.written, active_seconds=seconds)
    return proposal_out(_own(request, pk))


@router.post(
    "/projects/{slug:slug}/own-proposals/{int:pk}/rewrite",
    auth=ANNOTATOR,
    response={201: ProposalOut},
    summary="Write anew what was returned",
)
def rewrite_proposal(request: ApiRequest, slug: str, pk: int) -> Status[dict[str, Any]]:
    """A draft in its place, with what was written."""
    begun = writing.rewrite(proposal=_own(request, pk))
    return Status(201, proposal_out(_own(request, begun.pk)))


@router.post(
    "/projects/{slug:slug}/own-proposals/{int:pk}/take-back",
    auth=ANNOTATOR,
    response=ProposalOut,
    summary="Take a prompt back",
)
def take_proposal_back(request: ApiRequest, slug: str, pk: int) -> dict[str, Any]:
    """Nobody decides on it any more."""
    writing.take_back(proposal=_own(request, pk))
    return proposal_out(_own(request, pk))


def _wanted(request: ApiRequest, pk: int) -> WantedPrompts:
    rows = WantedPrompts.objects.with_progress().filter(project=request.project)
    found: WantedPrompts = get_object_or_404(rows, pk=pk)
    return found


def _own(request: ApiRequest, pk: int) -> Proposal:
    rows = Proposal.objects.filter(author=request.user, project=request.project)
    found: Proposal = get_object_or_404(rows.select_related("project", "wanted", "author"), pk=pk)
    return found
