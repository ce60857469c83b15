"""Who is asking: a page sends strangers to the sign-in, a script is told in JSON."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from core.problems import problem, wants_problem


def signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Like login_required, but a script gets 401, so that it can keep what was typed."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and request.user.is_active:
            return view(request, *args, **kwargs)
        if wants_problem(request):
            return problem(request, status=401, detail=_("You are signed out."))
        return redirect_to_login(request.get_full_path())

    return checked


def sign_in_url() -> str:
    """Where a script sends whoever is signed out: in a new tab, which says then that it may go."""
    return f"{reverse('account_login')}?next={reverse('signed_in_again')}"


@never_cache
@signed_in
@require_GET
def signed_in_again(request: HttpRequest) -> HttpResponse:
    """Where a sign-in leads that the labeling page asked for, in a tab of its own."""
    return render(request, "labeling/signed_in_again.html")
