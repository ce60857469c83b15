"""What differs from allauth's defaults."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedSignupAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up alone: managers add people, the first admin comes by a printed link."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False
