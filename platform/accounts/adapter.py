"""What differs from allauth's defaults."""

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.http import HttpRequest

from accounts.models import User
from accounts.services import end_sign_in_links


class ClosedSignupAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up alone: managers add people, the first admin comes by a printed link."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    @transaction.atomic
    def set_password(self, user: User, password: str) -> None:
        """Whoever changes a password wants nobody else to get in: links end with the old one."""
        super().set_password(user, password)
        end_sign_in_links(user=user)
