"""How each error of the API is answered: always a problem document, never a stack trace."""

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from psycopg.errors import UniqueViolation

from api import missing
from api.wrong import in_words
from core.errors import ConflictError, NotFoundError, RondoError
from core.problems import problem
from core.views import server_error, too_large

logger = logging.getLogger(__name__)


def register(api: NinjaAPI) -> None:
    """Give `api` a handler for every error that can leave an operation."""
    handlers: dict[type[Exception], Any] = {
        RondoError: _known,
        ValidationError: _invalid,
        AuthenticationError: _no_token,
        HttpError: _http,
        NotFoundError: missing.answer,
        Http404: missing.answer,
        IntegrityError: _twice_at_once,
        RequestDataTooBig: lambda request, error: too_large(request),
        Exception: _unknown,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def _known(request: HttpRequest, error: RondoError) -> HttpResponse:
    response = problem(
        request,
        status=error.http_status,
        detail=error.message,
        code=error.code,
        errors=error.errors,
    )
    if error.retry_after:
        response["Retry-After"] = str(error.retry_after)
    return response


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """422 with each field; what was sent is not repeated."""
    fields = {
        ".".join(map(str, part["loc"][1:])) or "body": in_words(part) for part in error.errors
    }
    return problem(
        request,
        status=422,
        detail=_("The input is not valid: see errors."),
        code="bad_input",
        errors=fields,
    )


def _no_token(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    response = problem(
        request,
        status=401,
        detail=_("Send a token that is neither expired nor revoked: Authorization: Bearer rondo_…"),
        code="no_token",
    )
    response["WWW-Authenticate"] = "Bearer"
    return response


def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, RondoError):  # of our parser, which django-ninja wraps
        return _known(request, error.__cause__)
    return problem(request, status=error.status_code, detail=error.message)


def _twice_at_once(request: HttpRequest, error: IntegrityError) -> HttpResponse:
    if not isinstance(error.__cause__, UniqueViolation):
        return _unknown(request, error)
    message = _("Somebody has done the same at the same moment. Ask again and look.")
    return _known(request, ConflictError(message))


def _unknown(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.exception("%s %s failed", request.method, request.path, exc_info=error)
    return server_error(request)
