"""Reads: which links and tokens still open something."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models.functions import Now

from accounts.secrets import digest

if TYPE_CHECKING:
    from accounts.models import ApiToken, SignInLink  # noqa: F401


class SignInLinkQuerySet(models.QuerySet["SignInLink"]):
    """One-time sign-in links."""

    def usable(self, token: str) -> Self:
        """The link of `token`, if it is unused, not expired and of an active person."""
        return self.filter(
            sha256=digest(token),
            used_at=None,
            expires_at__gt=Now(),
            user__is_active=True,
        ).select_related("user", "issuer")


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """API tokens."""

    def alive(self) -> Self:
        """Those that are neither revoked nor expired."""
        return self.filter(revoked_at=None, expires_at__gt=Now())

    def usable(self, secret: str) -> Self:
        """The token of `secret`, if it is alive and of an active person."""
        found = self.alive().filter(sha256=digest(secret), user__is_active=True)
        return found.select_related("user")
