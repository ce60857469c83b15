"""Error pages, and the switches of language and theme."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def error_page(request: HttpRequest, *, status: int, message: str) -> HttpResponse:
    """A whole page, or for htmx the message alone, with the request id."""
    context = {"status": status, "message": message}
    partial = request.headers.get("HX-Request") == "true"
    template = "core/_error.html" if partial else "core/error_page.html"
    return render(request, template, context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return error_page(request, status=400, message=_("This request could not be read."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return error_page(
        request,
        status=403,
        message=_("Your role does not allow this. Ask a manager of the project."),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, the same for what is not there and for what one may not see."""
    return error_page(
        request,
        status=404,
        message=_("There is no such page, or it is not yours to see."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500."""
    return error_page(
        request,
        status=500,
        message=_("Something broke on our side. Try again; if it stays, report the request id."),
    )
