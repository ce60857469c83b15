"""Sign-in, one-time links, profile and API tokens."""

from allauth.account.views import LoginView
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
from accounts.models import SignInLink
from accounts.requests import UserRequest

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TOO_MANY = 429


class SignInView(LoginView):  # type: ignore[misc]
    """allauth's sign-in, which answers 429 where it would say "too many attempts" with 200."""

    def form_invalid(self, form: Form) -> HttpResponse:
        """Show the form again, with the status that a program understands."""
        response: HttpResponse = super().form_invalid(form)
        if form.has_error("__all__", "too_many_login_attempts"):
            response.status_code = TOO_MANY
        return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """A page first: link previews and mail scanners follow links, but do not press buttons."""
    if request.method != "POST":
        link = SignInLink.objects.usable(token).first()
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
    return render(request, "accounts/profile.html", {"form": form})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: UserRequest) -> HttpResponse:
    """One's own API tokens. The secret of a new one is in this answer and nowhere else."""
    form, secret = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        _token, secret = services.create_api_token(user=request.user, **form.cleaned_data)
        form = TokenForm()
    context = {
        "form": form,
        "secret": secret,
        "tokens": request.user.api_tokens.order_by("-pk"),
    }
    return render(request, "accounts/tokens.html", context)


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
