"""Projects that the token's owner is a member of."""

from typing import Any

from ninja import Query, Router, Schema, Status

from api.auth import ADMIN, ANNOTATOR, SIGNED_IN
from api.fields import cleaned
from api.request import ApiRequest
from api.schemas import Body, Page, Place, page_of
from labeling import projects
from labeling.forms import ProjectForm
from labeling.models import Membership, Project, Role

router = Router(tags=["projects"])


class ProjectOut(Schema):
    """One project, and what the token's owner may do in it."""

    slug: str
    name: str
    description: str
    role: str
    is_simulated: bool


def _out(project: Project, role: str | None) -> dict[str, Any]:
    return {
        "slug": project.slug,
        "name": project.name,
        "description": project.description,
        "role": role or "",
        "is_simulated": project.is_simulated,
    }


@router.get(
    "/projects", auth=SIGNED_IN, response=Page[ProjectOut], summary="List the projects you are in"
)
def list_projects(request: ApiRequest, place: Query[Place]) -> dict[str, Any]:
    """The newest first. A token that is for one project sees that one."""
    user, only = request.user, request.auth.project
    roles = dict(Membership.objects.filter(user=user).values_list("project_id", "role"))
    manager = Role.MANAGER.value if user.is_superuser else None  # of every project
    found = Project.objects.visible_to(user)
    if only is not None:
        found = found.filter(pk=only)
    return page_of(found, place, lambda each: _out(each, manager or roles.get(each.pk)))


class ProjectIn(Body):
    """A new project. slug: its short name in addresses, which stays."""

    name: str
    slug: str
    description: str = ""


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
