"""The header Idempotency-Key: a request that is sent twice is done once, and answered twice.

What the request changed and its answer are stored in one transaction: whatever dies in between, the
second try finds both or neither. Refusals are not kept: they changed nothing, and may end.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from api.models import KeptAnswer
from core.errors import BadInputError, BadRequestError, ConflictError
from core.locks import alone

KEPT = timedelta(hours=24)
LONGEST = 255


def key_of(request: Any) -> str:
    """The key that a POST carries, "" without one."""
    key: str | None = request.headers.get("Idempotency-Key")
    if request.method != "POST" or key is None:
        return ""
    if not (0 < len(key) <= LONGEST and key.isascii() and key.isprintable()):
        raise BadRequestError(
            _("The Idempotency-Key has 1 to %(most)d letters, digits and signs, all of ASCII.")
            % {"most": LONGEST}
        )
    return key


def once(
    request: Any, key: str, run: Callable[[], HttpResponseBase], *, secret: bool
) -> HttpResponseBase:
    """The answer of `run`, or the one that the same request had before.

    secret: whether the answer holds what is told once and stored nowhere.
    """
    asked = _digest(request)
    with transaction.atomic():
        if not alone(f"idempotency {request.auth.pk} {key}"):
            error = ConflictError(
                _("A request with this Idempotency-Key is being done. Ask again in a moment.")
            )
            error.retry_after = 1
            raise error
        since = timezone.now() - KEPT
        kept = KeptAnswer.objects.filter(token=request.auth, key=key)
        if answer := kept.filter(created_at__gt=since).first():
            return _again(answer, asked)
        kept.delete()
        response = run()
        if response.status_code < 300 and isinstance(response, HttpResponse):
            body = None if secret else response.content
            KeptAnswer.objects.create(
                token=request.auth, key=key, request=asked, status=response.status_code, body=body
            )
        else:
            transaction.set_rollback(True)
        return response


def sweep() -> int:
    """Forget the answers that are older than a day; returns how many."""
    gone, _each = KeptAnswer.objects.filter(created_at__lte=timezone.now() - KEPT).delete()
    return gone


def _again(answer: KeptAnswer, asked: str) -> HttpResponse:
    if answer.request != asked:
        raise BadInputError(
            _("This Idempotency-Key was sent with another request. Take a new one for this one."),
            errors={"Idempotency-Key": _("belongs to another request")},
        )
    if answer.body is None:
        raise ConflictError(
            _("This was done when it was asked first. Its secret was told then, and only then.")
        )
    response = HttpResponse(
        bytes(answer.body), status=answer.status, content_type="application/json; charset=utf-8"
    )
    response["Idempotency-Replayed"] = "true"
    return response


def _digest(request: Any) -> str:
    """The SHA-256 of what is asked: where, and with which body or files."""
    sha256 = hashlib.sha256(request.get_full_path().encode("utf-8", "surrogatepass") + b"\n")
    if request.content_type == "multipart/form-data":
        for name, values in sorted(request.POST.lists()):
            sha256.update(repr((name, values)).encode())
        for name, file in sorted(request.FILES.items()):
            sha256.update(repr((name, file.name, file.size)).encode())
            for piece in file.chunks():
                sha256.update(piece)
            file.seek(0)
    else:
        sha256.update(request.body)
    return sha256.hexdigest()
