"""Who may enter: what a role may not see answers 404, what it may not do 403."""

from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import NotAllowedError, NotFoundError
from labeling.models import Membership, Project, Role

RANK = {Role.ANNOTATOR: 1, Role.REVIEWER: 2, Role.MANAGER: 3}


def role_in(project: Project, user: User) -> Role | None:
    """The role of `user` in `project`; the site admin counts as a manager everywhere."""
    if user.is_superuser:
        return Role.MANAGER
    member = Membership.objects.filter(project=project, user=user).first()
    return Role(member.role) if member else None


def require_role(project: Project, user: User, *, role: Role) -> None:
    """Pass when `user` has `role` or more; NotFoundError for strangers, else NotAllowedError."""
    have = role_in(project, user)
    if have is None:
        raise NotFoundError
    _require(have, at_least=role)


def membership_for(user: User, slug: str, *, role: Role = Role.ANNOTATOR) -> Membership:
    """The place of `user` in the project `slug`, if they have at least `role`: one query.

    The site admin's is not stored where they are no member; it says that they manage the project.
    """
    mine = Membership.objects.select_related("project__family", "project__checks")
    member = mine.filter(project__slug=slug, user=user).first()
    if user.is_superuser:
        project = member.project if member else _project(slug)
        read = member.guidelines_read if member else project.guideline_version
        return Membership(project=project, user=user, role=Role.MANAGER, guidelines_read=read)
    if member is None:
        raise NotFoundError
    _require(Role(member.role), at_least=role)
    return member


def project_for(user: User, slug: str, *, role: Role = Role.ANNOTATOR) -> Project:
    """The project `slug` for someone with at least `role` in it."""
    return membership_for(user, slug, role=role).project


def _project(slug: str) -> Project:
    project = Project.objects.select_related("family", "checks").filter(slug=slug).first()
    if project is None:
        raise NotFoundError
    return project


def _require(have: Role, *, at_least: Role) -> None:
    if RANK[have] < RANK[at_least]:
        raise NotAllowedError(
            _("This needs the role “%(role)s”. Ask a manager of the project.")
            % {"role": at_least.label}
        )
