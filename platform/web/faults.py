"""Faults of the installation, told as such: the site is reached otherwise than it is set up for."""

import logging

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core import views
from core.views import error_page
from web.context import is_manager

logger = logging.getLogger(__name__)

RECEIVED = ("Host", "Origin", "Referer", "X-Forwarded-Host", "X-Forwarded-Proto")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: sent from another address than the site's, or a form that was open for too long."""
    origin = request.headers.get("Origin", "")
    is_elsewhere = reason.startswith(("Origin checking failed", "Referer checking failed"))
    lacks_tls = settings.HTTPS and origin.startswith("http://")  # its cookies are not kept
    if (is_elsewhere and origin != "null") or lacks_tls:
        return _wrong_address(request, status=403, details=is_manager(request))
    return views.csrf_failure(request, reason)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: another host name than the site's, or what core makes of it."""
    if isinstance(exception, DisallowedHost):
        return _wrong_address(request, status=400, details=False)  # nobody is signed in there
    return views.bad_request(request, exception)


def _wrong_address(request: HttpRequest, *, status: int, details: bool) -> HttpResponse:
    """Where the site is, for everybody; what came instead, for those who can mend it."""
    received = _received(request)
    logger.warning(
        "this request did not come by SITE_URL=%s (ALLOWED_HOSTS=%s); received: %s;"
        " a proxy must pass on the Host header, see docs/proxies.md",
        settings.SITE_URL,
        ",".join(settings.ALLOWED_HOSTS),
        received,
    )
    message = _(
        "This site is set up for another address than the one you use. Open %(site)s instead. If"
        " that is where you are, tell the people who run this site: it is not your fault."
    ) % {"site": settings.SITE_URL}
    if details:
        message += " " + _(
            "SITE_URL is %(site)s, received: %(received)s. A proxy must pass on the Host header;"
            " docs/proxies.md shows how."
        ) % {"site": settings.SITE_URL, "received": received}
    return error_page(request, status=status, message=message, code="wrong_address")


def _received(request: HttpRequest) -> str:
    """The headers that say by which address a request came; of a referer the site only."""
    found = {name: request.headers.get(name, "")[:200] for name in RECEIVED}
    found["Referer"] = "/".join(found["Referer"].split("/")[:3])
    return ", ".join(f"{name}: {ascii(value)[1:-1]}" for name, value in found.items() if value)
