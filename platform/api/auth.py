"""Who calls: `Authorization: Bearer rondo_…`, in the header and nowhere else."""

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from accounts import services
from accounts.models import ApiToken
from core.errors import NotAllowedError

SAFE = {"GET", "HEAD", "OPTIONS"}


class TokenAuth(HttpBearer):
    """Opens the API for the owner of a usable token; a session cookie does not."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """The token; `request.user` becomes its owner."""
        found = services.use_api_token(secret=token)
        if found is not None and request.method not in SAFE and found.scope == ApiToken.Scope.READ:
            raise NotAllowedError(_("This token may only read: make one that may write."))
        if found is not None:
            request.user = found.user
        return found
