"""Who may enter: what a role may not see answers 404, what it may not do 403."""

from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import ConflictError, NotAllowedError, NotFoundError
from core.postgresql.rows import Columns, first_row
from core.writing import is_writing
from labeling.models import CheckSettings, Membership, Project, Role
from registry.models import Family

PROJECT, FAMILY = Columns(Project, "p"), Columns(Family, "f")
CHECKS, MEMBER = Columns(CheckSettings, "c"), Columns(Membership, "m")
_CHECKS_OF = Project._meta.get_field("checks")
# The project with all that its pages ask of it, and somebody's place in it.
PLACE = f"""
SELECT {PROJECT}, {FAMILY}, {CHECKS}, {MEMBER}
FROM labeling_project p JOIN registry_family f ON f.id = p.family_id
LEFT JOIN labeling_checksettings c ON c.project_id = p.id
LEFT JOIN labeling_membership m ON m.project_id = p.id AND m.user_id = %(user)s
WHERE p.slug = %(slug)s
"""
RANK = {Role.ANNOTATOR: 1, Role.REVIEWER: 2, Role.MANAGER: 3}


def role_in(project: Project, user: User) -> Role | None:
    """The role of `user` in `project`; the site admin counts as a manager everywhere."""
    if user.is_superuser:
        return Role.MANAGER
    member = Membership.objects.filter(project=project, user=user).first()
    return Role(member.role) if member else None


def projects_of(user: User) -> list[tuple[int, str]]:
    """(id, name) of each project that `user` may see."""
    return list(Project.objects.visible_to(user).order_by("name").values_list("pk", "name"))


def require_role(project: Project, user: User, *, role: Role) -> None:
    """Pass when `user` has `role` or more; NotFoundError for strangers, else NotAllowedError."""
    have = role_in(project, user)
    if have is None:
        raise NotFoundError
    _require(have, at_least=role)
    _enter(project, have)


def membership_for(
    user: User, slug: str, *, role: Role = Role.ANNOTATOR, archived: bool = False
) -> Membership:
    """The place of `user` in the project `slug`, if they have at least `role`: one query.

    The site admin's is not stored where they are no member; it says that they manage the project.
    archived: whether an archived one is changed too.
    """
    row = first_row(PLACE, {"slug": slug, "user": user.pk})
    if row is None:
        raise NotFoundError
    project = PROJECT.read(row)
    project.family = FAMILY.read(row)
    _CHECKS_OF.set_cached_value(project, CHECKS.read_outer(row))
    member = MEMBER.read_outer(row)
    if user.is_superuser:
        read = project.guideline_version
        member = member or Membership(project=project, user=user, guidelines_read=read)
        member.role = Role.MANAGER
    if member is None:
        raise NotFoundError
    member.project = project
    _require(Role(member.role), at_least=role)
    _enter(member.project, Role(member.role), archived=archived)
    return member


def project_for(
    user: User, slug: str, *, role: Role = Role.ANNOTATOR, archived: bool = False
) -> Project:
    """The project `slug` for someone with at least `role` in it."""
    return membership_for(user, slug, role=role, archived=archived).project


def _require(have: Role, *, at_least: Role) -> None:
    if RANK[have] < RANK[at_least]:
        raise NotAllowedError(
            _("This needs the role “%(role)s”. Ask a manager of the project.")
            % {"role": at_least.label}
        )


def _enter(project: Project, have: Role, *, archived: bool = False) -> None:
    """An archived project is there for reviewers and managers, to be read; a deleted one is not."""
    if project.archived_at is None:
        return
    if project.deletion_asked_at is not None or have == Role.ANNOTATOR:
        raise NotFoundError
    if is_writing() and not archived:
        raise ConflictError(
            _("This project is archived, so nothing is changed in it. A manager can restore it.")
        )
