"""Problem JSON (RFC 9457): how the API says what went wrong."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, JsonResponse

API = "/api/"
TITLES = {
    400: "The request cannot be read",
    401: "A valid token is needed",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Not possible now",
    413: "Too large",
    415: "Content type not supported",
    422: "The input is not valid",
    429: "Too many requests",
    500: "Internal error",
    503: "Not available now",
}


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
        "title": TITLES.get(status, "Error"),
        "status": status,
        "detail": detail,
        "errors": [{"field": field, "message": text} for field, text in (errors or {}).items()],
        "request_id": getattr(request, "request_id", ""),
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")
