"""What differs from allauth's defaults."""

import logging
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.urls import reverse

from accounts.models import User
from accounts.services import end_sign_in_links

logger = logging.getLogger(__name__)


class ClosedSignupAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up alone: managers add people, the first admin comes by a printed link."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that limits count for: the one that the outermost proxy of ours saw.

        Where the header has fewer addresses than there are said to be proxies, or something else
        than one, it is the nearest proxy's: everybody shares a limit, and nobody escapes it.
        """
        try:
            return str(super().get_client_ip(request))
        except (ImproperlyConfigured, PermissionDenied):
            logger.warning("X-Forwarded-For does not fit TRUSTED_PROXIES: see README.md")
            return str(request.META.get("REMOTE_ADDR", ""))

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link of a mail leads to the site's address, whatever a proxy made of the host."""
        url = urlsplit(super().get_reset_password_from_key_url(key))
        return f"{settings.SITE_URL}{url.path}"

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """The first password leads to the work, a new one back to the profile it was changed on."""
        is_first = request.path == reverse("account_set_password")
        return resolve_url(settings.LOGIN_REDIRECT_URL if is_first else "profile")

    @transaction.atomic
    def set_password(self, user: User, password: str) -> None:
        """Whoever changes a password wants nobody else to get in: links end with the old one."""
        super().set_password(user, password)
        end_sign_in_links(user=user)
