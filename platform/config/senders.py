"""Who may send a larger body, and where to: asked before it is read."""

from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError
from django.urls import Resolver404, resolve

from accounts.models import ApiToken
from accounts.sessions import person_of_key
from config.pages import Request
from core import limits

# Bytes of a file, by the names of addresses; one of the API has the name of the first of its
# operations.
FILES = {
    "prompts_import": limits.IMPORT_FILE,
    "api:create_import": limits.IMPORT_FILE,
    "corpora": limits.CORPUS_FILE,
    "api:list_corpora": limits.CORPUS_FILE,
}


def limit_of(environ: dict[str, Any]) -> int:
    """Bytes that the sender of `environ` may send to its address."""
    request = Request(environ)
    try:
        known = _is_signed_in(request) or _has_token(request)
    except (OperationalError, InterfaceError):  # the page itself says so
        return limits.SIGNED_IN
    except (DatabaseError, ValueError):  # a cookie that no server of ours wrote
        return limits.SIGNED_OUT
    if not known:
        return limits.SIGNED_OUT
    try:
        file = FILES.get(resolve(request.path_info).view_name)
    except Resolver404:
        return limits.SIGNED_OUT
    return file + limits.FORM if file else limits.SIGNED_IN


def _is_signed_in(request: Request) -> bool:
    return person_of_key(request.COOKIES.get(settings.SESSION_COOKIE_NAME)) is not None


def _has_token(request: Request) -> bool:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return scheme == "Bearer" and ApiToken.objects.usable(secret.strip()).exists()
