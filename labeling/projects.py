"""Projects, their guidelines and their members."""

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit, create_sign_in_link
from core.errors import BadInputError, ConflictError
from core.text import clean_name, name_key
from labeling.models import GuidelineVersion, Membership, Project, Role
from registry.models import Family

if TYPE_CHECKING:
    from django.db.models import QuerySet

RESERVED = {"new"}  # words that stand where a slug stands
SETTINGS = {
    "name",
    "description",
    "guidelines",
    "overlap",
    "completions",
    "lease_minutes",
    "is_simulated",
}


@transaction.atomic
def create_project(*, name: str, slug: str, by: User | None, **settings: Any) -> Project:
    """A project with its model family; `by` becomes its manager."""
    if slug in RESERVED or Project.objects.filter(slug=slug).exists():
        message = _("This short name is taken. Choose another one.")
        raise ConflictError(message, errors={"slug": message})
    if any(name_key(other) == name_key(name) for other in _names()):
        message = _("There is a project of this name.")
        raise ConflictError(message, errors={"name": message})
    unknown = settings.keys() - SETTINGS
    if unknown:
        raise TypeError(f"no such settings of a project: {sorted(unknown)}")
    family, _made = Family.objects.get_or_create(name=slug)
    project = Project(name=clean_name(name), slug=slug, created_by=by, family=family, **settings)
    project.full_clean(exclude=["family", "created_by"])
    project.save()
    GuidelineVersion.objects.create(
        project=project, number=1, text=project.guidelines, created_by=by
    )
    if by:
        Membership.objects.create(project=project, user=by, role=Role.MANAGER)
        audit(
            actor=by, action="project.created", target=f"labeling.Project:{project.pk}", details={}
        )
    return project


@transaction.atomic
def change_settings(*, project: Project, by: User, **settings: Any) -> Project:
    """Store new settings. A new text of the guidelines is a new version; the old ones stay."""
    row = Project.objects.select_for_update().get(pk=project.pk)
    changed = {name: value for name, value in settings.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    if "guidelines" in changed:
        row.guideline_version += 1
        GuidelineVersion.objects.create(
            project=row, number=row.guideline_version, text=row.guidelines, created_by=by
        )
    row.save()
    if changed:
        audit(
            actor=by,
            action="project.changed",
            target=f"labeling.Project:{row.pk}",
            details={"fields": sorted(changed)},
        )
    return row


@transaction.atomic
def mark_guidelines_read(*, project: Project, user: User, version: int) -> None:
    """Note that `user` has this version of the guidelines before their eyes."""
    check_guideline_version(project, version)
    unread = project.memberships.filter(user=user, guidelines_read__lt=version)
    unread.update(guidelines_read=version)


def check_guideline_version(project: Project, version: int) -> None:
    """BadInputError unless the guidelines have, or once had, this version."""
    if not 1 <= version <= project.guideline_version:
        message = _("The guidelines have no such version. Reload the page.")
        raise BadInputError(message, errors={"guideline_version": message})


@transaction.atomic
def add_member(*, project: Project, user: User, role: str, by: User | None) -> Membership:
    """Give `user` a role in the project, or another one than before."""
    member, made = Membership.objects.select_for_update().get_or_create(
        project=project, user=user, defaults={"role": role}
    )
    if not made and member.role == role:
        return member
    if not made:
        _keep_a_manager(project, leaving=member)
        member.role = role
        member.save(update_fields=["role"])
    _audit_member(member, by=by, action="member.added" if made else "member.changed")
    return member


@transaction.atomic
def invite(*, project: Project, email: str, name: str, role: str, by: User) -> tuple[User, str]:
    """Add the person with this address; a new one gets a sign-in link to hand over, others none."""
    user = User.objects.filter(email__iexact=email).first()
    if user is not None:
        if Membership.objects.filter(project=project, user=user).exists():
            message = _("%(name)s is already a member.") % {"name": user}
            raise ConflictError(message, errors={"email": message})
        add_member(project=project, user=user, role=role, by=by)
        return user, ""
    user = User.objects.create_user(email, name=clean_name(name or email.split("@")[0]))
    add_member(project=project, user=user, role=role, by=by)
    return user, create_sign_in_link(user=user)


def managed_by(user: User) -> "QuerySet[Project]":
    """The projects that `user` manages: the site admin all."""
    if user.is_superuser:
        return Project.objects.all()
    return Project.objects.filter(memberships__user=user, memberships__role=Role.MANAGER)


def may_get_link(member: Membership, *, by: User) -> bool:
    """Whether `by` may make another sign-in link: never for someone else's account.

    That is: it has no password, and opens nothing but projects that `by` manages.
    """
    user = member.user
    elsewhere = user.memberships.exclude(project__in=managed_by(by)).exists()
    return not (user.is_superuser or user.has_usable_password() or elsewhere)


def new_link(*, member: Membership, by: User) -> str:
    """Another sign-in link for a person without a password."""
    if not may_get_link(member, by=by):
        message = _(
            "This person has a password, administers the site, or is in a project that you do not "
            "manage. A site admin makes them a link on the server: "
            "`manage.py sign_in_link --email %(email)s`."
        )
        raise ConflictError(message % {"email": member.user.email})
    _audit_member(member, by=by, action="member.linked")
    return create_sign_in_link(user=member.user)


@transaction.atomic
def remove_member(*, member: Membership, by: User) -> None:
    """Take the person out of the project; what they labeled stays."""
    _keep_a_manager(member.project, leaving=member)
    _audit_member(member, by=by, action="member.removed")
    member.delete()


def _names() -> list[str]:
    return list(Project.objects.values_list("name", flat=True))


def _keep_a_manager(project: Project, *, leaving: Membership) -> None:
    managers = project.memberships.select_for_update().filter(role=Role.MANAGER)
    if leaving.role == Role.MANAGER and set(managers) <= {leaving}:
        raise BadInputError(_("A project needs a manager: make someone else one first."))


def _audit_member(member: Membership, *, by: User | None, action: str) -> None:
    details = {"user": member.user_id, "role": member.role}
    audit(actor=by, action=action, target=f"labeling.Project:{member.project_id}", details=details)
