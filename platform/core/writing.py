"""Whether the request at hand is one that changes something: asked where a project is entered."""

from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

from core.middleware import SAFE

_writes: ContextVar[bool] = ContextVar("writes", default=False)


class WritingMiddleware:
    """Notes it for as long as the request lasts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Note it, and forget it afterwards."""
        token = _writes.set(request.method not in SAFE)
        try:
            return self.get_response(request)
        finally:
            _writes.reset(token)


def is_writing() -> bool:
    """False outside of requests, and in those that only read."""
    return _writes.get()
