"""How every operation is done: the door first, then what was sent, then the work, once."""

from collections.abc import Callable, Container
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja.errors import AuthenticationError
from ninja.operation import Operation

from api import idempotency, rates
from core.errors import BadRequestError
from core.middleware import SAFE
from core.text import quotable

BODIES = {"body": "application/json", "form": "multipart/form-data", "file": "multipart/form-data"}


class MediaTypeError(BadRequestError):
    """The body is of another type than the operation takes."""

    code = "media_type"
    http_status = 415


def conduct(run: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Wrap what does an operation of django-ninja, a bound `Operation.run`.

    Whoever may not do it learns nothing of what they sent. Unknown names in the query are refused,
    which django-ninja overlooks.
    """
    operation: Operation = run.__self__  # type: ignore[attr-defined]
    (door,) = operation.auth_callbacks
    known, media = _names(operation, "query"), media_type(operation)
    fields = _names(operation, "form", "file")

    def conducted(request: Any, **keys: Any) -> HttpResponseBase:
        try:
            if not door(request):
                raise AuthenticationError
            _check_query(request, known)
            _check_media_type(request, media)
            if fields:
                _check_fields(request, fields)
            if key := idempotency.key_of(request):
                secret = bool(getattr(operation.view_func, "tells_secret", False))
                response = idempotency.once(
                    request, key, lambda: run(request, **keys), secret=secret
                )
            else:
                response = run(request, **keys)
        except Exception as error:
            response = operation.api.on_exception(request, error)
        rates.tell(request, response)
        response.setdefault("Cache-Control", "no-store")  # as of pages: it is what people wrote
        return response

    return conducted


def tells_secret(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark an operation whose answer holds a secret: no answer to a second try is kept."""
    view.tells_secret = True  # type: ignore[attr-defined]
    return view


def refuses(*statuses: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark an operation that may answer with these too, beside what its form makes possible."""

    def mark(view: Callable[..., Any]) -> Callable[..., Any]:
        view.refuses = set(statuses)  # type: ignore[attr-defined]
        return view

    return mark


def media_type(operation: Operation) -> str:
    """Of the bodies that it takes; "" where it takes none."""
    sources = [model.__ninja_param_source__ for model in operation.models]
    found = {BODIES[source] for source in sources if source in BODIES}
    return max(found, default="")  # with files the rest is a part of the form too


def _names(operation: Operation, *sources: str) -> set[str]:
    """Of what it takes from the query, or from the parts of a form."""
    models = [model for model in operation.models if model.__ninja_param_source__ in sources]
    return {
        name
        for model in models
        for name in getattr(model, "__ninja_flatten_map__", model.model_fields)
    }


def _check_query(request: Any, known: Container[str]) -> None:
    for name, values in request.GET.lists():
        if name not in known:
            raise BadRequestError(
                _("There is no parameter %(name)s here.") % {"name": f"“{quotable(name)}”"}
            )
        if len(values) > 1:
            raise BadRequestError(
                _("The parameter %(name)s is there twice.") % {"name": f"“{name}”"}
            )


def _check_media_type(request: Any, media: str) -> None:
    if request.method in SAFE:
        return
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise MediaTypeError(_("Send the body as it is, without a Content-Encoding."))
    sent = request.content_type
    if media and sent != media:
        raise MediaTypeError(
            _("This takes %(media)s; the Content-Type says “%(sent)s”.")
            % {"media": media, "sent": quotable(sent)}
        )
    if not media and request.body not in (b"", b"{}"):
        raise BadRequestError(_("This takes no body: send it without one."))


def _check_fields(request: Any, known: Container[str]) -> None:
    try:
        sent = [*request.POST.lists(), *request.FILES.lists()]
    except (MultiPartParserError, SuspiciousOperation) as error:
        raise BadRequestError(_("This request could not be read.")) from error
    for name, values in sent:
        if name not in known or len(values) > 1:
            raise BadRequestError(
                _("The form has one of each field, and no others: see %(name)s.")
                % {"name": f"“{quotable(name)}”"}
            )
