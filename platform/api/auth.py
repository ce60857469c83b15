"""Who calls: `Authorization: Bearer rondo_…`, in the header and nowhere else."""

from django.http import HttpRequest
from ninja.security import HttpBearer

from accounts import services
from accounts.models import ApiToken


class TokenAuth(HttpBearer):
    """Opens the API for the owner of a usable token; a session cookie opens nothing here."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """The token; `request.user` becomes its owner."""
        found = services.use_api_token(secret=token)
        if found is not None:
            request.user = found.user
        return found
