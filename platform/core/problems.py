"""Problem JSON (RFC 9457): how the API says what went wrong."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _

API = "/api/"
TITLES = {
    400: _("The request cannot be read"),
    401: _("A valid token is needed"),
    403: _("Not allowed"),
    404: _("Not found"),
    405: _("Method not allowed"),
    409: _("Not possible now"),
    413: _("Too large"),
    415: _("Content type not supported"),
    416: _("No such part"),
    422: _("The input is not valid"),
    429: _("Too many requests"),
    500: _("Internal error"),
    503: _("Not available now"),
}


def title_of(status: int) -> str:
    """What a status means, for programs and for people."""
    return str(TITLES.get(status, _("Error")))


def wants_problem(request: HttpRequest) -> bool:
    """Whether `request` is the API's, or a script's that asked for JSON: no HTML for these."""
    return request.path.startswith(API) or request.headers.get("Accept") == "application/json"


def problem(
    request: HttpRequest,
    *,
    status: int,
    detail: str,
    code: str = "about:blank",
    errors: Mapping[str, str] | None = None,
) -> HttpResponse:
    """A problem document. `errors` maps a field, dotted where nested, to what is wrong with it."""
    body = {
        "type": code,
        "title": title_of(status),
        "status": status,
        "detail": detail,
        "errors": [{"field": field, "message": text} for field, text in (errors or {}).items()],
        "request_id": getattr(request, "request_id", ""),
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")
