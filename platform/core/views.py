"""Error pages."""

import logging
import sys

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from core import limits
from core.errors import NotFoundError
from core.problems import API, problem, title_of, wants_problem
from training.contract.disk import is_no_space

logger = logging.getLogger(__name__)

DISK_FULL = "53100"  # PostgreSQL's code
NO_SPACE = gettext_lazy(
    "The disk of this server is full, so this could not be stored. What was stored before"
    " is safe. Whoever runs the server has to free space; then try again."
)


def wants_partial(request: HttpRequest) -> bool:
    """Whether htmx asks: it puts the answer into a page that is there."""
    return request.headers.get("HX-Request") == "true"


def error_page(
    request: HttpRequest,
    *,
    status: int,
    message: str,
    code: str = "about:blank",
    errors: dict[str, str] | None = None,
) -> HttpResponse:
    """A whole page; for htmx the message alone; for the API a problem document."""
    if wants_problem(request):
        return problem(request, status=status, detail=message, code=code, errors=errors)
    context = {
        "status": status,
        "title": title_of(status),
        "message": message,
        "errors": errors,
    }
    template = "core/_error.html" if wants_partial(request) else "core/error_page.html"
    return render(request, template, context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 where the body is over the limit (Django answers 400 to both)."""
    if isinstance(exception, RequestDataTooBig):
        return too_large(request)
    return error_page(request, status=400, message=_("This request could not be read."))


def too_large(request: HttpRequest, *, limit: int = limits.SIGNED_IN) -> HttpResponse:
    """413 of a body of more than `limit` bytes."""
    size = filesizeformat(limit - limits.FORM if limit > limits.SIGNED_IN else limit)
    message = _("This is larger than %(size)s. Send it in parts.") % {"size": size}
    if limit == limits.SIGNED_OUT:
        message = _(
            "This is larger than %(size)s, the most that is taken without signing in."
            " Sign in and send it again."
        ) % {"size": size}
    return error_page(request, status=413, message=message, code="too_large")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return error_page(
        request,
        status=403,
        message=_("Your role does not allow this. Ask a manager of the project."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of a form whose token does not fit, mostly one that was open for too long."""
    match = request.resolver_match  # the path of a sign-in link is a secret
    logger.info("csrf failure at %s: %s", match and match.view_name, reason)
    return error_page(
        request,
        status=403,
        message=_("This form is no longer valid. Go back, reload the page and send it again."),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, the same for what is not there and for what one may not see."""
    same = NotFoundError()
    if request.path.startswith(API):
        same = NotFoundError(
            _("The API has no such address: /api/v1/docs lists those that it has.")
        )
    return error_page(request, status=404, message=same.message, code=same.code)


def method_not_allowed(request: HttpRequest, *, allowed: str) -> HttpResponse:
    """405 with the methods that are."""
    message = _("This address does not take %(method)s.") % {"method": request.method}
    response = error_page(request, status=405, message=message)
    response["Allow"] = ", ".join(sorted(allowed.split(", ")))  # django-ninja has them in a set
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 while a disk is full or the database away; it must not need the database."""
    error = sys.exc_info()[1]
    status = 503
    if is_database_full(error):
        message = _(
            "The disk of the database is full, so nothing can be stored. What was stored before is"
            " safe. Whoever runs the server has to free space; then try again."
        )
    elif is_no_space(error):
        message = str(NO_SPACE)
    elif isinstance(error, (OperationalError, InterfaceError)):
        message = _("The database does not answer. Nothing is lost; try again soon.")
    else:
        status = 500
        message = _("Something broke on our side. Try again; if it stays, report the request id.")
    if wants_problem(request):
        response = problem(request, status=status, detail=message)
    else:
        context = {
            "status": status,
            "title": title_of(status),
            "message": message,
            "request": request,
        }
        page = render_to_string("core/server_error.html", context)
        response = HttpResponse(page, status=status)
    if status == 503:
        response["Retry-After"] = "5"
    return response


def is_database_full(error: BaseException | None) -> bool:
    """Whether PostgreSQL says that its disk is full, which Django takes for a lost connection."""
    cause = error.__cause__ if error else None
    return isinstance(error, OperationalError) and getattr(cause, "sqlstate", "") == DISK_FULL


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for it beside JSON and files, where no page names our icon."""
    return redirect(static("core/icon.svg"))
