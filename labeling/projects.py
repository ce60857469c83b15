"""Projects, their guidelines and their members."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.names import free_name, unlike
from accounts.services import audit, create_sign_in_link, find_user
from core.errors import BadInputError, ConflictError
from core.locks import one_at_a_time
from core.names import name_key
from core.text import clean_name
from labeling.models import CheckSettings, GuidelineVersion, Membership, Project, Role
from labeling.queue import overlap
from registry.models import Family

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
    one_at_a_time("projects")  # two of one name, or short name, would both find it free
    if slug in RESERVED or Project.objects.filter(slug=slug).exists():
        message = _("This short name is taken. Choose another one.")
        raise ConflictError(message, errors={"slug": message})
    _require_unlike(name, Project.objects.all())
    unknown = settings.keys() - SETTINGS
    if unknown:
        raise TypeError(f"no such settings of a project: {sorted(unknown)}")
    family, _made = Family.objects.get_or_create(name=slug)
    project = Project(name=clean_name(name), slug=slug, created_by=by, family=family, **settings)
    project.full_clean(exclude=["family", "created_by", "name_key"])
    project.save()
    GuidelineVersion.objects.create(
        project=project, number=1, text=project.guidelines, created_by=by
    )
    CheckSettings.objects.create(project=project, guidelines_first=True)
    if by:
        Membership.objects.create(project=project, user=by, role=Role.MANAGER)
        audit(
            actor=by, action="project.created", target=f"labeling.Project:{project.pk}", details={}
        )
    return project


@transaction.atomic
def change_settings(
    *, project: Project, by: User, open_tasks: bool = False, **settings: Any
) -> Project:
    """Store new settings. A new text of the guidelines is a new version; the old ones stay.

    open_tasks: whether another number of answers per task holds for those that are open as well.
    """
    if open_tasks:  # their locks come before the project's, as where people submit
        tasks = overlap.changeable(project)
        overlap.change(project=project, tasks=tasks, overlap=settings["overlap"], by=by)
    if "name" in settings:
        one_at_a_time("projects")
    row = Project.objects.select_for_update().get(pk=project.pk)
    changed = {n: value for n, value in settings.items() if _bare(getattr(row, n)) != _bare(value)}
    if "name" in changed:
        one_at_a_time("projects")
        _require_unlike(changed["name"], Project.objects.exclude(pk=row.pk))
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


def _bare(value: Any) -> Any:
    """Text as a form sends it back when nobody touched it: that is no new version."""
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def check_guideline_version(project: Project, version: int) -> None:
    """BadInputError unless the guidelines have, or once had, this version."""
    if not 1 <= version <= project.guideline_version:
        message = _("The guidelines have no such version. Load them again.")
        raise BadInputError(message, errors={"guideline_version": message})


@transaction.atomic
def add_member(*, project: Project, user: User, role: str, by: User | None) -> Membership:
    """Give `user` a role in the project, or another one than before."""
    _lock_members(project)
    member, made = Membership.objects.get_or_create(
        project=project, user=user, defaults={"role": role}
    )
    if not made and member.role == role:
        return member
    if not made:
        _keep_a_manager(member)
        member.role = role
        member.save(update_fields=["role"])
    _audit_member(member, by=by, action="member.added" if made else "member.changed")
    return member


@transaction.atomic
def invite(*, project: Project, email: str, name: str, role: str, by: User) -> tuple[User, str]:
    """Add the person with this address; a new one gets a sign-in link to hand over, others none."""
    user = find_user(email=email)
    if user is not None:
        if Membership.objects.filter(project=project, user=user).exists():
            message = _("%(name)s is already a member.") % {"name": user}
            raise ConflictError(message, errors={"email": message})
        add_member(project=project, user=user, role=role, by=by)
        return user, ""
    name = unlike(name) if name else free_name(email.split("@")[0])
    user = User.objects.create_user(email, name=name)
    add_member(project=project, user=user, role=role, by=by)
    return user, create_sign_in_link(user=user, issuer=by)


@transaction.atomic
def remove_member(*, member: Membership, by: User) -> None:
    """Take the person out of the project, once; what they labeled stays."""
    _lock_members(member.project)
    if not Membership.objects.filter(pk=member.pk).exists():
        return
    _keep_a_manager(member)
    _audit_member(member, by=by, action="member.removed")
    member.delete()


def _require_unlike(name: str, others: QuerySet[Project]) -> None:
    if others.filter(name_key=name_key(name)).exists():
        message = _("There is a project of this name, or of one that looks like it.")
        raise ConflictError(message, errors={"name": message})


def is_last_manager(member: Membership) -> bool:
    """Whether nobody would manage the project without them."""
    others = Membership.objects.filter(project=member.project_id, role=Role.MANAGER)
    return member.role == Role.MANAGER and not others.exclude(pk=member.pk).exists()


def _lock_members(project: Project) -> None:
    """Changes of a project's members wait for each other: two managers may not both leave."""
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)


def _keep_a_manager(member: Membership) -> None:
    member.refresh_from_db(fields=["role"])
    if is_last_manager(member):
        message = _(
            "%(name)s is the only manager, and a project needs one. Give somebody else the role "
            "“Manager” first."
        )
        raise ConflictError(message % {"name": member.user})


def _audit_member(member: Membership, *, by: User | None, action: str) -> None:
    details = {"user": member.user_id, "role": member.role}
    audit(actor=by, action=action, target=f"labeling.Project:{member.project_id}", details=details)
