"""Projects that the token's owner is a member of."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from accounts.models import User
from labeling.access import project_for, role_in
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


@router.get("/projects", response=list[ProjectOut], summary="List the projects you are in")
def list_projects(request: HttpRequest) -> list[dict[str, Any]]:
    """All of them: a person is in dozens at most, so there are no pages."""
    user = request.user
    assert isinstance(user, User)
    roles = dict(Membership.objects.filter(user=user).values_list("project_id", "role"))
    manager = Role.MANAGER.value if user.is_superuser else None  # of every project
    projects = Project.objects.visible_to(user).order_by("slug")
    return [_out(project, manager or roles.get(project.pk)) for project in projects]


@router.get("/projects/{slug:slug}", response=ProjectOut, summary="One project")
def read_project(request: HttpRequest, slug: str) -> dict[str, Any]:
    """404 where you are no member."""
    user = request.user
    assert isinstance(user, User)
    project = project_for(user, slug)
    return _out(project, role_in(project, user))
