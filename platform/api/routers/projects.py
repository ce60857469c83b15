"""Projects that the token's owner is a member of, and how they are set."""

from typing import Any

from ninja import Query, Router, Schema, Status
from pydantic import Field

from api.auth import ADMIN, ANNOTATOR, MANAGER, MANAGER_OF_ARCHIVED, SIGNED_IN
from api.fields import cleaned
from api.request import ApiRequest
from api.schemas import Body, Page, Place, example, page_of
from labeling import projects
from labeling.forms import ProjectForm
from labeling.models import Membership, Project, Role
from rounds.retiring import archiving

router = Router(tags=["projects"])


class ProjectOut(Schema):
    """One project, and what the token's owner may do in it."""

    slug: str
    name: str
    description: str
    role: str
    is_simulated: bool
    is_archived: bool
    guideline_version: int


class ProjectIn(Body, json_schema_extra=example(name="Garden", slug="garden")):
    """A new project."""

    name: str = Field(description="At most 120 characters, like that of no other project.")
    slug: str = Field(
        description="Its short name in addresses, which stays: small letters, digits, hyphens."
    )
    description: str = Field("", description="What it is for, at most 2,000 characters.")


def _out(project: Project, role: str | None) -> dict[str, Any]:
    return {
        "slug": project.slug,
        "name": project.name,
        "description": project.description,
        "role": role or "",
        "is_simulated": project.is_simulated,
        "is_archived": project.archived_at is not None,
        "guideline_version": project.guideline_version,
    }


@router.get(
    "/projects", auth=SIGNED_IN, response=Page[ProjectOut], summary="List the projects you are in"
)
def list_projects(request: ApiRequest, place: Query[Place]) -> dict[str, Any]:
    """The newest first, without those that are archived. A token for one project sees that one."""
    user, only = request.user, request.auth.project
    roles = dict(Membership.objects.filter(user=user).values_list("project_id", "role"))
    manager = Role.MANAGER.value if user.is_superuser else None  # of every project
    found = Project.objects.visible_to(user)
    if only is not None:
        found = found.filter(pk=only)
    return page_of(found, place, lambda each: _out(each, manager or roles.get(each.pk)))


@router.post("/projects", auth=ADMIN, response={201: ProjectOut}, summary="Open a project")
def create_project(request: ApiRequest, body: ProjectIn) -> Status[dict[str, Any]]:
    """You become its manager."""
    fields = cleaned(ProjectForm(body.model_dump()))
    project = projects.create_project(by=request.user, **fields)
    return Status(201, _out(project, Role.MANAGER))


@router.get(
    "/projects/{slug:slug}", auth=ANNOTATOR, response=ProjectOut, summary="Read one project"
)
def read_project(request: ApiRequest, slug: str) -> dict[str, Any]:
    """404 where you are no member."""
    return _out(request.project, request.member.role)


@router.post(
    "/projects/{slug:slug}/archive",
    auth=MANAGER,
    response=ProjectOut,
    summary="Archive a project",
)
def archive_project(request: ApiRequest, slug: str) -> dict[str, Any]:
    """Hidden from lists and annotators, read by reviewers and managers, changed by nobody."""
    archiving.archive(project=request.project, by=request.user)
    return _again(request)


@router.post(
    "/projects/{slug:slug}/restore",
    auth=MANAGER_OF_ARCHIVED,
    response=ProjectOut,
    summary="Restore an archived project",
)
def restore_project(request: ApiRequest, slug: str) -> dict[str, Any]:
    """Everything goes on where it was."""
    archiving.restore(project=request.project, by=request.user)
    return _again(request)


def _again(request: ApiRequest) -> dict[str, Any]:
    return _out(Project.objects.get(pk=request.project.pk), request.member.role)
