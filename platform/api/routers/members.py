"""Who works in a project."""

from typing import Any, Literal

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema, Status
from pydantic import Field

from api.auth import MANAGER
from api.conduct import tells_secret
from api.fields import cleaned
from api.request import ApiRequest
from api.schemas import Body, Page, Place, example, page_of
from labeling import giving, links, projects
from labeling.forms import InviteForm
from labeling.models import Membership

router = Router(tags=["members"])
Rank = Literal["annotator", "reviewer", "manager"]
ROLE = "What they may do: a reviewer also what an annotator may, a manager everything."


class MemberOut(Schema):
    """A person's place. kinds, languages: of the tasks that they are given, empty for all."""

    id: int
    person: int
    name: str
    email: str
    role: str
    kinds: list[str]
    languages: list[str]


class Invited(MemberOut):
    """A new member. link: signs a new person in once; "" for who has an account already."""

    link: str


class LinkOut(Schema):
    """A link that signs its person in once."""

    link: str


class InviteIn(
    Body, json_schema_extra=example(email="nia@example.org", name="Nia", role="annotator")
):
    """Whom to add."""

    email: str = Field(description="The address by which they sign in, or will.")
    name: str = Field("", description="Of someone without an account; else theirs stays.")
    role: Rank = Field("annotator", description=ROLE)


class MemberIn(Body, json_schema_extra=example(role="reviewer", languages=["en"])):
    """What is to be changed; what is left out stays."""

    role: Rank | None = Field(None, description=ROLE)
    kinds: list[str] | None = Field(
        None,
        description="Of the tasks that they are given (`kinds` lists them); an empty list is all.",
    )
    languages: list[str] | None = Field(
        None, description="Of the tasks that they are given, as `en`; an empty list is all."
    )


def _out(member: Membership) -> dict[str, Any]:
    return {
        "id": member.pk,
        "person": member.user_id,
        "name": member.user.name,
        "email": member.user.email,
        "role": member.role,
        "kinds": member.kinds,
        "languages": member.languages,
    }


@router.get(
    "/projects/{slug:slug}/members", auth=MANAGER, response=Page[MemberOut], summary="List members"
)
def list_members(request: ApiRequest, slug: str, place: Query[Place]) -> dict[str, Any]:
    """Those who came first stand first."""
    return page_of(_members(request), place, _out, newest_first=False)


@router.post(
    "/projects/{slug:slug}/members",
    auth=MANAGER,
    response={201: Invited},
    summary="Add a member, or invite somebody new",
)
@tells_secret
def invite_member(request: ApiRequest, slug: str, body: InviteIn) -> Status[dict[str, Any]]:
    """Somebody without an account gets one, and a link to sign in by that you hand over."""
    fields = cleaned(InviteForm(body.model_dump()))
    user, link = projects.invite(project=request.project, by=request.user, **fields)
    member = _members(request).get(user=user)
    return Status(201, _out(member) | {"link": link})


@router.get(
    "/projects/{slug:slug}/members/{int:pk}",
    auth=MANAGER,
    response=MemberOut,
    summary="Read a member",
)
def read_member(request: ApiRequest, slug: str, pk: int) -> dict[str, Any]:
    """Their role, and what they are given."""
    return _out(_member(request, pk))


@router.patch(
    "/projects/{slug:slug}/members/{int:pk}",
    auth=MANAGER,
    response=MemberOut,
    summary="Give a member another role, or other tasks",
)
def change_member(request: ApiRequest, slug: str, pk: int, body: MemberIn) -> dict[str, Any]:
    """A project keeps one manager at least."""
    member = _member(request, pk)
    if body.kinds is not None or body.languages is not None:
        giving.choose(
            member=member,
            kinds_given=member.kinds if body.kinds is None else body.kinds,
            languages=member.languages if body.languages is None else body.languages,
            by=request.user,
        )
    if body.role is not None:
        projects.add_member(
            project=request.project, user=member.user, role=body.role, by=request.user
        )
    return _out(_member(request, pk))


@router.delete(
    "/projects/{slug:slug}/members/{int:pk}",
    auth=MANAGER,
    response={204: None},
    summary="Take a member out",
)
def remove_member(request: ApiRequest, slug: str, pk: int) -> Status[None]:
    """What they labeled stays."""
    projects.remove_member(member=_member(request, pk), by=request.user)
    return Status(204, None)


@router.post(
    "/projects/{slug:slug}/members/{int:pk}/link",
    auth=MANAGER,
    response={201: LinkOut},
    summary="Make a member another sign-in link",
)
@tells_secret
def link_member(request: ApiRequest, slug: str, pk: int) -> Status[dict[str, Any]]:
    """For someone without a password, in projects that you manage only."""
    return Status(201, {"link": links.new_link(member=_member(request, pk), by=request.user)})


def _members(request: ApiRequest) -> Any:
    rows = Membership.objects.filter(project=request.project)
    return rows.select_related("user", "project")


def _member(request: ApiRequest, pk: int) -> Membership:
    found: Membership = get_object_or_404(_members(request), pk=pk)
    return found
