"""Requests whose body the web server did not read: a page says why, and what to do."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core.limits import REFUSAL
from core.views import NO_SPACE, error_page, too_large


class RefusalMiddleware:
    """Answers before any view, and before the body is asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """413, 408 or 503, which a full disk is as well; every other request goes on."""
        refusal = request.META.get(REFUSAL)
        if refusal is None:
            return self.get_response(request)
        status, limit = refusal
        if status == 413:
            return too_large(request, limit=limit)
        if status == 408:
            message = _("This came too slowly. Nothing was kept: send it again.")
            return error_page(request, status=408, message=message)
        message = _("Too many large files come in at once. Send it again in a minute.")
        if status == 507:
            message = str(NO_SPACE)
        response = error_page(request, status=503, message=message)
        response["Retry-After"] = "60"
        return response
