"""Pages of webhooks: the list, one with its log, and what managers do there."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import UserRequest
from core.errors import BadInputError, ConflictError
from core.paging import Page, as_key
from labeling.access import project_for
from labeling.models import Project, Role
from webhooks import endpoints
from webhooks.forms import ChangeForm, EndpointForm, ReplayForm
from webhooks.models import Endpoint

PAGE = 50
UNFIT = 422


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def webhooks(request: UserRequest, slug: str) -> HttpResponse:
    """All of a project; POST adds one, and its secret is in this answer and nowhere else."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    form, secret = EndpointForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            _made, secret = endpoints.add(project=project, by=request.user, **form.cleaned_data)
            form = EndpointForm()
        except (BadInputError, ConflictError) as error:
            _show(form, error)
    context = {
        "project": project,
        "form": form,
        "secret": secret,
        "endpoints": project.webhooks.order_by("pk"),
    }
    status = UNFIT if form.errors else 200
    return render(request, "webhooks/webhooks.html", context, status=status)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def webhook(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """One, with its log; POST changes it."""
    project, endpoint = _endpoint(request, slug, pk)
    if request.method != "POST":
        return _page(request, project, endpoint)
    form = ChangeForm(request.POST)
    if form.is_valid():
        try:
            endpoints.change(endpoint=endpoint, by=request.user, **form.cleaned_data)
        except BadInputError as error:
            _show(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("webhook", slug, pk)
    return _page(request, project, endpoint, form=form)


@never_cache
@login_required
@require_POST
def webhook_rotate(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """A new secret, which is in this answer and nowhere else."""
    project, endpoint = _endpoint(request, slug, pk)
    secret = endpoints.rotate(endpoint=endpoint, by=request.user)
    endpoint.refresh_from_db()
    return _page(request, project, endpoint, secret=secret)


@login_required
@require_POST
def webhook_test(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Send it a message that says nothing but that it arrives."""
    _project, endpoint = _endpoint(request, slug, pk)
    try:
        endpoints.test(endpoint=endpoint)
    except ConflictError as error:
        messages.error(request, error.message)
    else:
        text = _("A test message is on its way: load the page again in some seconds.")
        messages.success(request, text)
    return redirect("webhook", slug, pk)


@login_required
@require_POST
def webhook_replay(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Send one message again, or all that failed of late."""
    _project, endpoint = _endpoint(request, slug, pk)
    form = ReplayForm(request.POST)
    one = as_key(request.POST.get("delivery"))
    if one is None and not form.is_valid():
        raise BadInputError(_("Choose which messages are sent again."))
    which: dict[str, Any] = {"since": form.since} if one is None else {"delivery": one}
    try:
        count = endpoints.replay(endpoint=endpoint, by=request.user, **which)
    except ConflictError as error:
        messages.error(request, error.message)
    else:
        said = ngettext("%(n)d message is sent again.", "%(n)d messages are sent again.", count)
        messages.success(request, said % {"n": count})
    return redirect("webhook", slug, pk)


@login_required
@require_POST
def webhook_remove(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Remove it with its log."""
    _project, endpoint = _endpoint(request, slug, pk)
    endpoints.remove(endpoint=endpoint, by=request.user)
    messages.success(request, _("The webhook is removed."))
    return redirect("webhooks", slug)


def _endpoint(request: UserRequest, slug: str, pk: int) -> tuple[Project, Endpoint]:
    project = project_for(request.user, slug, role=Role.MANAGER)
    return project, get_object_or_404(project.webhooks, pk=pk)


def _page(
    request: HttpRequest,
    project: Project,
    endpoint: Endpoint,
    *,
    form: ChangeForm | None = None,
    secret: str = "",
) -> HttpResponse:
    now = {"url": endpoint.url, "events": endpoint.events, "is_on": not endpoint.off}
    sent = endpoint.deliveries.select_related("event").prefetch_related("attempts")
    page = Page(sent, size=PAGE, beyond=request.GET.get("before"))
    context = {
        "project": project,
        "endpoint": endpoint,
        "form": form or ChangeForm(initial=now),
        "replay": ReplayForm(),
        "secret": secret,
        "deliveries": page.rows,
        "older": page.next,
    }
    status = UNFIT if form and form.errors else 200
    return render(request, "webhooks/webhook.html", context, status=status)


def _show(form: EndpointForm, error: BadInputError | ConflictError) -> None:
    field = next((name for name in error.errors if name in form.fields), None)
    form.add_error(field, error.message)
