"""Sign-in, one-time links, profile and API tokens."""

import logging
from typing import Any

from allauth.account.views import LoginView, PasswordResetView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services
from accounts.forms import ProfileForm, TokenForm
from accounts.requests import UserRequest
from core.errors import ConflictError

logger = logging.getLogger(__name__)

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TOO_MANY = 429
UNFIT = 422  # a form that must be corrected


class SignInView(LoginView):  # type: ignore[misc]
    """allauth's sign-in, which answers 429 where it would say "too many attempts" with 200."""

    def form_invalid(self, form: Form) -> HttpResponse:
        """Show the form again, with the status that a program understands."""
        response: HttpResponse = super().form_invalid(form)
        if form.has_error("__all__", "too_many_login_attempts"):
            response.status_code = TOO_MANY
        return response


class ResetView(PasswordResetView):  # type: ignore[misc]
    """allauth's page that asks for a link by mail, where there is a mail server that takes it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Without one, say who makes a link instead."""
        if not settings.SENDS_MAIL:
            status = 409 if request.method == "POST" else 200
            return render(request, "account/password_reset_closed.html", status=status)
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def form_valid(self, form: Form) -> HttpResponse:
        """Send it; what was typed stays on the page where that fails."""
        try:
            response: HttpResponse = super().form_valid(form)
        except OSError as error:  # SMTP's own are of this kind; its text may name the person
            logger.error("The mail server did not take a mail: %s", type(error).__name__)
            form.add_error(None, _("The mail server does not answer. Try again in some minutes."))
            response = self.render_to_response(self.get_context_data(form=form))
            response.status_code = 503
        return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """A page first: link previews and mail scanners follow links, but do not press buttons."""
    if request.method != "POST":
        link = services.find_sign_in_link(token=token)
        context = {"person": link.user if link else None}
        return render(request, "accounts/sign_in_link.html", context, status=200 if link else 404)
    user = services.use_sign_in_link(token=token)
    login(request, user, backend=BACKEND)  # takes a new session key
    if not user.has_usable_password():
        messages.info(request, _("You are in. Set a password, or ask for a new link each time."))
        return redirect("account_set_password")
    return redirect(settings.LOGIN_REDIRECT_URL)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: UserRequest) -> HttpResponse:
    """Name, language, theme, password."""
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("profile")
    status = UNFIT if form.errors else 200
    return render(request, "accounts/profile.html", {"form": form}, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: UserRequest) -> HttpResponse:
    """One's own API tokens. The secret of a new one is in this answer and nowhere else."""
    projects, secret = services.projects_of(request.user), ""
    form = TokenForm(request.POST or None, projects=projects)
    if request.method == "POST" and form.is_valid():
        try:
            _token, secret = services.create_api_token(user=request.user, **form.cleaned_data)
            form = TokenForm(projects=projects)
        except ConflictError as error:
            form.add_error(None, error.message)
    context = {
        "form": form,
        "secret": secret,
        "tokens": [
            (token, dict(projects).get(token.project or 0, ""))
            for token in request.user.api_tokens.order_by("-pk")
        ],
    }
    return render(request, "accounts/tokens.html", context, status=UNFIT if form.errors else 200)


@login_required
@require_POST
def token_revoke(request: UserRequest, pk: int) -> HttpResponse:
    """End one of one's own tokens."""
    services.revoke_api_token(user=request.user, pk=pk)
    messages.success(request, _("The token is revoked."))
    return redirect("tokens")


@require_safe
def signup_closed(request: HttpRequest) -> HttpResponse:
    """Nobody signs up alone: this says whom to ask."""
    return render(request, "account/signup_closed.html")
