"""What one was told, how one wants to be told, and the link that ends mails."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import UserRequest
from core.paging import Page
from notices import events, mailing, services
from notices.events import How
from notices.models import Notice

PAGE = 50


@never_cache
@login_required
@require_safe
def notices(request: UserRequest) -> HttpResponse:
    """What one was told, newest first; what the page shows is seen."""
    own = Notice.objects.filter(user=request.user).select_related("actor")
    page = Page(own, size=PAGE, beyond=request.GET.get("before"))
    services.see(user=request.user, ids=[row.pk for row in page.rows if row.seen_at is None])
    return render(request, "notices/notices.html", {"rows": page.rows, "older": page.next})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notices_settings(request: UserRequest) -> HttpResponse:
    """Of what one is told by e-mail, and when."""
    known = events.known()
    if request.method == "POST":
        how = {name: request.POST[name] for name in known if name in request.POST}
        services.choose(user=request.user, how=how)
        messages.success(request, _("Saved."))
        return redirect("notices_settings")
    chosen = services.choices_of(request.user)
    context = {
        "choices": [(event, chosen[name]) for name, event in known.items()],
        "ways": How.choices,
        "sends_mail": services.sends_mail(),
    }
    return render(request, "notices/settings.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def notices_stop(request: HttpRequest, token: str) -> HttpResponse:
    """End the mails without signing in. A button: scanners of mails follow links."""
    person = mailing.whose(token)
    if request.method == "POST":
        services.stop(user=person)
    return render(request, "notices/stop.html", {"has_ended": request.method == "POST"})
