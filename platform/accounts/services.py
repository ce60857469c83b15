"""Writes: sign-in links, API tokens, the audit trail."""

from datetime import timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.models import ApiToken, AuditEntry, SignInLink, User
from accounts.names import free_name
from accounts.secrets import SHOWN, digest, new_api_token, new_link_token
from core.errors import BadInputError, ConflictError, NotFoundError
from core.locks import one_at_a_time
from core.text import clean_name

MAX_TOKEN_DAYS = 366
MAX_TOKENS = 20  # of one person that still open something


def audit(
    *, actor: User | None, action: str, target: str, details: dict[str, Any] | None = None
) -> AuditEntry:
    """Write down who did what; call it in the transaction of the change itself."""
    return AuditEntry.objects.create(
        actor=actor,
        action=action,
        target=target,
        details=details or {},
        project=_project_of(target),
    )


def _project_of(target: str) -> int | None:
    """The id of the project that a target belongs to; settings.AUDIT_PROJECTS says how."""
    label, _colon, key = target.partition(":")
    path = settings.AUDIT_PROJECTS.get(label)
    if path is None:
        return None
    if path == "pk":
        return int(key)
    rows = apps.get_model(label)._default_manager.filter(pk=key)
    found: int | None = rows.values_list(path, flat=True).first()
    return found


@transaction.atomic
def ensure_user(*, email: str, name: str, **fields: Any) -> User:
    """The person with this address as they are; made, without a password, where there is none."""
    return find_user(email=email) or User.objects.create_user(email, name=name, **fields)


def find_user(*, email: str) -> User | None:
    """The person with this address, however it is spelt.

    Where there is none, nobody else makes one before this transaction ends.
    """
    one_at_a_time("people")
    return User.objects.filter(email__iexact=email).first()


@transaction.atomic
def create_sign_in_link(*, user: User, issuer: User | None = None, hours: float = 24) -> str:
    """The absolute address of a new one-time link for `user`; only its hash is kept.

    It takes the place of those before it. issuer: who asked for it; None is the server itself.
    """
    end_sign_in_links(user=user)
    token = new_link_token()
    SignInLink.objects.create(
        user=user,
        issuer=issuer,
        sha256=digest(token),
        expires_at=timezone.now() + timedelta(hours=hours),
    )
    return settings.SITE_URL + reverse("sign_in_link", args=[token])


def find_sign_in_link(*, token: str) -> SignInLink | None:
    """The link of `token` where it still opens something, or None.

    Whoever was given it may have become more since: its issuer must be one who may give it today.
    """
    link = SignInLink.objects.usable(token).first()
    if link is None or link.issuer is None:
        return link
    still_may = import_string(settings.SIGN_IN_LINK_RULE)
    return link if still_may(link.user, by=link.issuer) else None


@transaction.atomic
def use_sign_in_link(*, token: str) -> User:
    """Burn the link of `token` and return its person; NotFoundError when it is not valid."""
    link = find_sign_in_link(token=token)
    # The conditional update lets one of two simultaneous clicks in.
    if link is None or not SignInLink.objects.filter(pk=link.pk, used_at=None).update(
        used_at=Now()
    ):
        raise NotFoundError(_("This link has been used or has expired. Ask for a new one."))
    end_sign_in_links(user=link.user)
    audit(actor=link.user, action="user.signed_in_by_link", target=f"accounts.User:{link.user.pk}")
    return link.user


@transaction.atomic
def end_sign_in_links(*, user: User) -> None:
    """Every link that `user` was given before is no longer valid."""
    SignInLink.objects.filter(user=user, used_at=None).update(used_at=Now())


@transaction.atomic
def create_api_token(
    *,
    user: User,
    name: str,
    scope: str = ApiToken.Scope.READ,
    days: int = 90,
    project: int | None = None,
) -> tuple[ApiToken, str]:
    """A new token and its secret, which nobody can read again.

    project: the id of the one that it opens; None: all that `user` is in.
    """
    if scope not in ApiToken.Scope.values:
        raise BadInputError(_("There is no such scope."), errors={"scope": scope})
    if not 1 <= days <= MAX_TOKEN_DAYS:
        raise BadInputError(
            _("A token lives from 1 to %(days)d days.") % {"days": MAX_TOKEN_DAYS},
            errors={"days": str(days)},
        )
    if project is not None and project not in dict(projects_of(user)):
        raise BadInputError(_("You are in no such project."), errors={"project": str(project)})
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two at once count each other
    if ApiToken.objects.alive().filter(user=user).count() >= MAX_TOKENS:
        message = _(
            "You have %(count)d tokens, which is as many as one may have. Revoke one first."
        )
        raise ConflictError(message % {"count": MAX_TOKENS})
    secret = new_api_token()
    token = ApiToken.objects.create(
        user=user,
        name=clean_name(name, limit=80),
        scope=scope,
        project=project,
        prefix=secret[:SHOWN],
        sha256=digest(secret),
        expires_at=timezone.now() + timedelta(days=days),
    )
    audit(
        actor=user,
        action="api_token.created",
        target=f"accounts.ApiToken:{token.pk}",
        details={"name": token.name, "scope": scope, "days": days, "project": project},
    )
    return token, secret


def projects_of(user: User) -> list[tuple[int, str]]:
    """(id, name) of each project that a token of `user` may be for."""
    found: list[tuple[int, str]] = import_string(settings.PROJECTS_OF)(user)
    return found


@transaction.atomic
def revoke_api_token(*, user: User, pk: int) -> None:
    """End one of `user`'s own tokens; a second call changes nothing."""
    token = ApiToken.objects.filter(pk=pk, user=user).first()
    if token is None:
        raise NotFoundError(_("There is no such token."))
    if ApiToken.objects.filter(pk=pk, revoked_at=None).update(revoked_at=Now()):
        audit(actor=user, action="api_token.revoked", target=f"accounts.ApiToken:{pk}")


def use_api_token(*, secret: str) -> ApiToken | None:
    """The usable token of `secret` with its person, its use noted to the minute, or None."""
    token = ApiToken.objects.usable(secret).first()
    if token is None:
        return None
    a_minute_ago = timezone.now() - timedelta(minutes=1)
    ApiToken.objects.filter(
        Q(last_used_at=None) | Q(last_used_at__lt=a_minute_ago), pk=token.pk
    ).update(last_used_at=Now())
    return token


@transaction.atomic
def make_site_admin(*, email: str, name: str) -> User:
    """The person of `email` as site admin; made if there is none.

    An account that a manager's link has opened may be in that manager's hands: whoever becomes the
    admin by it signs in by a new link and chooses a new password.
    """
    user = find_user(email=email)
    if user is None:
        user = User.objects.create_superuser(email=email, name=free_name(name))
    elif not user.is_superuser or not user.is_active:
        if user.sign_in_links.exclude(used_at=None).exclude(issuer=None).exists():
            _close(user)
        user.is_superuser = user.is_active = True
        user.save(update_fields=["is_superuser", "is_active"])
    audit(actor=None, action="user.made_site_admin", target=f"accounts.User:{user.pk}")
    return user


def _close(user: User) -> None:
    """Let nothing that opened the account before open it again; links apart."""
    user.set_unusable_password()  # sessions end with the password
    user.save(update_fields=["password"])
    ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=Now())
