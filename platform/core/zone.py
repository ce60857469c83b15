"""The reader's time zone: their browser tells it by a cookie, and every time on a page is in it."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

COOKIE = "zone"  # written by static/core/zone.js


class ZoneMiddleware:
    """Answer in the reader's zone; in UTC, which pages then say, while it is not known."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on with the zone of its cookie."""
        with timezone.override(zone_named(request.COOKIES.get(COOKIE, ""))):
            return self.get_response(request)


def zone_named(name: str) -> ZoneInfo | None:
    """The zone of an IANA name; None where there is none: anybody may write any cookie."""
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, LookupError, OSError):
        return None


def is_known() -> bool:
    """Whether the reader's own zone is in use."""
    return timezone.get_current_timezone_name() != timezone.get_default_timezone_name()
