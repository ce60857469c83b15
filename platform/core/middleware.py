"""A request id on every answer, and the one handler of the error tree."""

import logging
import uuid
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from core.errors import RondoError
from core.views import error_page, method_not_allowed, too_large

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


class ErrorMiddleware:
    """Answers an error of the tree with its status and its message; never with a stack trace."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; a bare 405 gets a body, a 429 the time to wait."""
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            return method_not_allowed(request, allowed=response["Allow"])
        if response.status_code == 429:
            response.setdefault("Retry-After", "300")
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page of a known error; None leaves the others to Django."""
        if isinstance(error, RequestDataTooBig):
            return too_large(request)
        if not isinstance(error, RondoError):
            return None
        logger.info("%s %s: %s (%s)", request.method, request.path, error.code, error.http_status)
        return error_page(
            request,
            status=error.http_status,
            message=error.message,
            code=error.code,
            errors=error.errors,
        )
