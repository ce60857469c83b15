"""A request id on every answer, and the one handler of the error tree."""

import logging
import uuid
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware import common
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _
from psycopg.errors import UniqueViolation

from core.errors import RondoError
from core.problems import wants_problem
from core.text import quotable
from core.views import error_page, method_not_allowed, too_large, wants_partial

YEAR = 365 * 24 * 3600  # seconds
SAFE = {"GET", "HEAD", "OPTIONS"}

logger = logging.getLogger(__name__)


class RequestIdMiddleware:
    """Gives each request an id that error pages, problem JSON and log lines show."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set `request.request_id` and the answer's header."""
        request.request_id = uuid.uuid4().hex[:12]  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response


class StrictTransportMiddleware:
    """Keeps browsers from http where people type https.

    Django's own sends this over TLS only, of which it sees nothing: a proxy ends it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set the header on every answer, files included; browsers ignore it over http."""
        response = self.get_response(request)
        if settings.HTTPS:
            response["Strict-Transport-Security"] = f"max-age={YEAR}"
        return response


class CommonMiddleware(common.CommonMiddleware):
    """Django's, but it sends nobody on who brought something: a redirect would lose the body."""

    def should_redirect_with_slash(self, request: HttpRequest) -> bool:
        """Whether the address lacks its last slash and may be asked for again as it should be."""
        return request.method in SAFE and super().should_redirect_with_slash(request)

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Say what the address lacks in place of "not found"."""
        lacks_slash = response.status_code == 404 and super().should_redirect_with_slash(request)
        if lacks_slash and request.method not in SAFE:
            message = _("This address ends with a slash: send it again to %(address)s")
            full = message % {"address": f"{request.path}/"}
            return error_page(request, status=404, message=full, code="no_slash")
        return super().process_response(request, response)


class ErrorMiddleware:
    """Answers an error of the tree with its status and its message; never with a stack trace."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; a bare 405 gets a body, a 429 the time to wait.

        A script is told 401 where a person is sent to the sign-in: it would take the page for its
        answer. Text in another charset than UTF-8 would be stored as something else.
        """
        if charset := getattr(request, "other_charset", None):
            message = _("Send it as UTF-8: its Content-Type says “%(charset)s”.")
            return error_page(request, status=415, message=message % {"charset": quotable(charset)})
        response = self.get_response(request)
        sent_to_sign_in = isinstance(response, HttpResponseRedirect) and response.url.startswith(
            resolve_url(settings.LOGIN_URL)
        )
        if sent_to_sign_in and (wants_partial(request) or wants_problem(request)):
            return error_page(request, status=401, message=_("You are signed out."))
        if isinstance(response, HttpResponseNotAllowed):
            return method_not_allowed(request, allowed=response["Allow"])
        if response.status_code == 429:
            response.setdefault("Retry-After", "300")
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page of a known error; None leaves the others to Django."""
        if isinstance(error, RequestDataTooBig):
            return too_large(request)
        if isinstance(error.__cause__, UniqueViolation):
            constraint = error.__cause__.diag.constraint_name
            logger.warning("%s %s: twice at once (%s)", request.method, request.path, constraint)
            message = _("Somebody has done the same at the same moment. Reload the page and look.")
            return error_page(request, status=409, message=message, code="conflict")
        if not isinstance(error, RondoError):
            return None
        logger.info("%s %s: %s (%s)", request.method, request.path, error.code, error.http_status)
        response = error_page(
            request,
            status=error.http_status,
            message=error.message,
            code=error.code,
            errors=error.errors,
        )
        if error.retry_after:
            response["Retry-After"] = str(error.retry_after)
        return response
