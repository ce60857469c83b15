"""Who calls, and whether they may: `Authorization: Bearer rondo_…`, and the role in the project."""

from typing import Any

from allauth.core.internal import ratelimit  # the public one lets every GET pass
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from accounts import services
from accounts.models import ApiToken
from api import rates
from core.errors import NotAllowedError, NotFoundError, TooManyError
from core.middleware import SAFE
from labeling.access import membership_for
from labeling.models import Project, Role

FAILURES = "30/m/ip"


class TokenAuth(HttpBearer):
    """Opens one operation for the owner of a usable token; a session cookie does not.

    role: the least that they must be in the project that the address names; of such an operation
    the request has `project` and `member`. admin: whether it is for site admins only. archived:
    whether it changes projects that are archived. whole: whether a token for one project is not
    enough even to read.
    """

    def __init__(
        self,
        role: Role | None = None,
        *,
        admin: bool = False,
        archived: bool = False,
        whole: bool = False,
    ) -> None:
        super().__init__()
        self.role, self.admin, self.archived, self.whole = role, admin, archived, whole

    def __call__(self, request: HttpRequest) -> Any:
        """The token; asked again of the same request, that of the first time."""
        return getattr(request, "auth", None) or super().__call__(request)

    def authenticate(self, request: Any, token: str) -> ApiToken | None:
        """The token; `request.user` becomes its owner.

        Whoever guesses is refused after a while; the tokens that are right are taken all the same.
        """
        found = services.use_api_token(secret=token)
        if found is None:
            if not _may_fail(request):
                raise TooManyError(_("Too many wrong tokens from this address. Wait a minute."))
            return None
        request.auth, request.user = found, found.user
        rates.count(request, found)
        if request.method not in SAFE and found.scope == ApiToken.Scope.READ:
            raise NotAllowedError(_("This token may only read: make one that may write."))
        self._enter(request, found)
        return found

    def _enter(self, request: Any, token: ApiToken) -> None:
        if self.admin and not token.user.is_superuser:
            raise NotAllowedError(_("Only the site admin may do this."))
        if self.role is None:
            reads = request.method in SAFE and not (self.whole or self.admin)
            if token.project is not None and not reads:
                raise NotAllowedError(
                    _("This token is for one project: make one that is for all of yours.")
                )
            return
        slug = request.resolver_match.kwargs["slug"]
        # Before the role: of another project such a token does not even learn that it is there.
        only = token.project
        if only is not None and not Project.objects.filter(pk=only, slug=slug).exists():
            raise NotFoundError
        member = membership_for(token.user, slug, role=self.role, archived=self.archived)
        request.member, request.project = member, member.project


SIGNED_IN = TokenAuth()
WHOLE = TokenAuth(whole=True)
ADMIN = TokenAuth(admin=True)
ANNOTATOR = TokenAuth(Role.ANNOTATOR)
REVIEWER = TokenAuth(Role.REVIEWER)
MANAGER = TokenAuth(Role.MANAGER)
MANAGER_OF_ARCHIVED = TokenAuth(Role.MANAGER, archived=True)


def _may_fail(request: HttpRequest) -> bool:
    config = {"api_token": FAILURES}
    usage = ratelimit.consume(request, app="api", action="api_token", config=config, limit_get=True)
    return usage is not None
