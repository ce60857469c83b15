"""Language and theme: by cookie for everybody, and kept on the person who is signed in."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from accounts.models import User
from core.errors import BadInputError
from core.returning import back

YEAR = 365 * 24 * 3600


class LanguageMiddleware:
    """A person's own language wins over the browser's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the language of the person who is signed in."""
        chosen = getattr(request.user, "language", "")
        if chosen in dict(settings.LANGUAGES):
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen
        return self.get_response(request)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Set the language and go back to the page."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        raise BadInputError(_("There is no such language."))
    if isinstance(request.user, User):
        User.objects.filter(pk=request.user.pk).update(language=chosen)
    return set_language(request)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Set the theme and go back to the page."""
    chosen = request.POST.get("theme", "")
    if chosen not in User.Theme.values:
        raise BadInputError(_("There is no such theme."))
    if isinstance(request.user, User):
        User.objects.filter(pk=request.user.pk).update(theme=chosen)
    response = back(request, otherwise="/")
    response.set_cookie("theme", chosen, max_age=YEAR, samesite="Lax", secure=settings.HTTPS)
    return response
