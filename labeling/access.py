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
    if RANK[have] < RANK[role]:
        raise NotAllowedError(
            _("This needs the role “%(role)s”. Ask a manager of the project.")
            % {"role": role.label}
        )


def project_for(user: User, slug: str, *, role: Role = Role.ANNOTATOR) -> Project:
    """The project `slug` for somebody with at least `role` in it."""
    project = Project.objects.select_related("family").filter(slug=slug).first()
    if project is None:
        raise NotFoundError
    require_role(project, user, role=role)
    return project
