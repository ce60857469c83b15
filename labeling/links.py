"""Sign-in links that managers hand over, never for somebody else's account."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit, create_sign_in_link
from core.errors import ConflictError
from labeling.models import Membership, Project, Role


def managed_by(user: User) -> QuerySet[Project]:
    """The projects that `user` manages: the site admin all, a closed account none."""
    if not user.is_active:
        return Project.objects.none()
    if user.is_superuser:
        return Project.objects.all()
    return Project.objects.filter(memberships__user=user, memberships__role=Role.MANAGER)


def may_get_link(user: User, *, by: User) -> bool:
    """Whether `by` may make a sign-in link for `user`: never for someone else's account.

    That is: it has no password, is in a project of `by`, and opens no other. Asked when the link is
    made and again when it is used: `user` may have become more, or `by` less.
    """
    if user.is_superuser or user.has_usable_password():
        return False
    projects = set(user.memberships.values_list("project", flat=True))
    managed = managed_by(by).filter(pk__in=projects).values_list("pk", flat=True)
    return bool(projects) and projects == set(managed)


def is_opened_by_another(user: User, *, by: User) -> bool:
    """Whether a link that a manager other than `by` made has opened the account of `user`.

    That manager may have used it, and chosen the password, before anybody else did.
    """
    used = user.sign_in_links.exclude(used_at=None).exclude(issuer=None)
    return used.exclude(issuer=by).exists()


@transaction.atomic
def new_link(*, member: Membership, by: User) -> str:
    """Another sign-in link for a person without a password."""
    if not may_get_link(member.user, by=by):
        message = _(
            "This person has a password, administers the site, or is in a project that you do not "
            "manage. A site admin makes them a link on the server: "
            "`manage.py sign_in_link --email %(email)s`."
        )
        raise ConflictError(message % {"email": member.user.email})
    audit(
        actor=by,
        action="member.linked",
        target=f"labeling.Project:{member.project_id}",
        details={"user": member.user_id, "role": member.role},
    )
    return create_sign_in_link(user=member.user, issuer=by)
