"""Permalinks and who is who, beside the export page."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import UserRequest
from api.exports import freezing
from api.exports.datasets import datasets
from api.exports.encoding import ENCODERS
from api.exports.filters import Filters
from api.exports.frozen_file import frozen_file
from api.exports.people import who_is_who
from api.pages import known
from labeling.access import project_for
from labeling.models import Project, Role
from rounds.models import FrozenExport


@login_required
@require_POST
def export_freeze(request: UserRequest, slug: str) -> HttpResponse:
    """Freeze what the page shows."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    query = request.POST.copy()
    query.pop("csrfmiddlewaretoken", None)
    dataset = known(query.pop("dataset", ["preferences"])[-1], datasets())
    encoding = known(query.pop("encoding", ["jsonl"])[-1], ENCODERS)
    filters = Filters.read(query)
    freezing.freeze(
        project=project, dataset=dataset, encoding=encoding, filters=filters, by=request.user
    )
    messages.success(request, _("It is being written: load this page again in a moment."))
    kept = urlencode({"dataset": dataset, "encoding": encoding, **filters.asked})
    return redirect(f"{reverse('export', args=[slug])}?{kept}#permalinks")


@login_required
@require_safe
def export_frozen(request: UserRequest, slug: str, pk: int) -> HttpResponseBase:
    """The same file as the API's, for a person at the page."""
    project = project_for(request.user, slug, role=Role.REVIEWER)
    return frozen_file(request, _frozen(project, pk))


@login_required
@require_POST
def export_remove(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Remove a frozen export and its file."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    freezing.remove(frozen=_frozen(project, pk), by=request.user)
    messages.success(request, _("The frozen export is removed."))
    return redirect(f"{reverse('export', args=[slug])}#permalinks")


@never_cache
@login_required
@require_POST
def export_people(request: UserRequest, slug: str) -> HttpResponse:
    """Who is who; asked by a button, since the audit log says that somebody has looked."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    people = who_is_who(project=project, by=request.user)
    return render(request, "api/people.html", {"project": project, "people": people})


def _frozen(project: Project, pk: int) -> FrozenExport:
    found = FrozenExport.objects.select_related("project", "job")
    return get_object_or_404(found, pk=pk, project=project)
