"""Who calls: `Authorization: Bearer rondo_…`, in the header and nowhere else."""

from allauth.core.internal import ratelimit  # the public one lets every GET pass
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from accounts import services
from accounts.models import ApiToken
from core.errors import NotAllowedError, TooManyError

FAILURES = "30/m/ip"
SAFE = {"GET", "HEAD", "OPTIONS"}


class TokenAuth(HttpBearer):
    """Opens the API for the owner of a usable token; a session cookie does not."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """The token; `request.user` becomes its owner.

        Whoever guesses is refused after a while; the tokens that are right are taken all the same.
        """
        found = services.use_api_token(secret=token)
        if found is None and not _may_fail(request):
            raise TooManyError(_("Too many wrong tokens from this address. Wait a minute."))
        if found is not None and request.method not in SAFE and found.scope == ApiToken.Scope.READ:
            raise NotAllowedError(_("This token may only read: make one that may write."))
        if found is not None:
            request.user = found.user
        return found


def _may_fail(request: HttpRequest) -> bool:
    config = {"api_token": FAILURES}
    usage = ratelimit.consume(request, app="api", action="api_token", config=config, limit_get=True)
    return usage is not None
