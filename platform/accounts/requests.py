"""The type of a request behind login_required."""

from django.http import HttpRequest

from accounts.models import User


class UserRequest(HttpRequest):
    """A request of someone who is signed in; for type annotations only."""

    user: User
