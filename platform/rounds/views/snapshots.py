"""What a snapshot's page has to save: its dataset card, and all of it as a folder."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.requests import UserRequest
from labeling.access import project_for
from labeling.models import Role
from rounds.dataset_card.responses import card_response, folder_response
from rounds.models import Snapshot


@never_cache
@login_required
@require_safe
def snapshot_card(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """README.md."""
    return card_response(_snapshot(request, slug, pk))


@never_cache
@login_required
@require_safe
def snapshot_folder(request: UserRequest, slug: str, pk: int) -> HttpResponseBase:
    """The card and the Parquet files."""
    return folder_response(_snapshot(request, slug, pk))


def _snapshot(request: UserRequest, slug: str, pk: int) -> Snapshot:
    project = project_for(request.user, slug, role=Role.MANAGER)
    return get_object_or_404(Snapshot.objects.select_related("project"), project=project, pk=pk)
