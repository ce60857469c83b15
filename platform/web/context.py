"""What the templates of every page may ask of the site."""

from collections.abc import Callable

from django.http import HttpRequest

from core.health import broker
from labeling.models import Role


def is_manager(request: HttpRequest) -> bool:
    """Whether somebody asks who manages the site or one of its projects."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return False
    return bool(user.is_superuser or user.memberships.filter(role=Role.MANAGER).exists())


def queue(request: HttpRequest) -> dict[str, Callable[[], bool]]:
    """Whether to tell this person that jobs wait: those who launch them are told."""
    return {"queue_is_away": lambda: not broker.answered() and is_manager(request)}
