"""Snapshots: what each froze, what changed between two, and its card and folder to save."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.requests import UserRequest
from core.paging import Page
from labeling.access import project_for
from labeling.kinds import kinds
from labeling.models import Role, Split
from rounds import snapshot_changes as changes
from rounds.dataset_card.responses import card_response, folder_response
from rounds.models import Snapshot

LABELS_PER_PAGE = 50


@never_cache
@login_required
@require_safe
def snapshot_detail(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """What a snapshot froze, label by label."""
    snapshot = _snapshot(request, slug, pk)
    page = Page(
        snapshot.annotations.select_related("task__prompt", "annotator"),
        size=LABELS_PER_PAGE,
        beyond=request.GET.get("after"),
        newest_first=False,
    )
    earlier = Snapshot.objects.filter(project=snapshot.project_id, pk__lt=pk)
    context = {
        "project": snapshot.project,
        "snapshot": snapshot,
        "labels": page.rows,
        "next": page.next,
        "total": snapshot.annotations.count(),
        "runs": snapshot.runs.select_related("job__model_version", "round").order_by("pk"),
        "before": earlier.order_by("-pk").first(),
    }
    return render(request, "rounds/snapshot_detail.html", context)


@never_cache
@login_required
@require_safe
def snapshot_changes(request: UserRequest, slug: str, pk: int, later: int) -> HttpResponse:
    """The labels that are in one of two only, and how many are in both."""
    earlier, newer = _snapshot(request, slug, pk), _snapshot(request, slug, later)
    groups = list(changes.groups(earlier, newer))
    found = changes.changed(earlier, newer).select_related("task__prompt", "annotator")
    page = Page(found, size=LABELS_PER_PAGE, beyond=request.GET.get("after"), newest_first=False)
    context = {
        "project": earlier.project,
        "earlier": earlier,
        "later": newer,
        "sums": {
            name: sum(getattr(group, name) for group in groups)
            for name in ("added", "removed", "kept")
        },
        "groups": [(kinds()[each.kind].label, Split(each.split).label, each) for each in groups],
        "labels": page.rows,
        "next": page.next,
    }
    return render(request, "rounds/snapshot_changes.html", context)


@never_cache
@login_required
@require_safe
def snapshot_card(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """README.md, as a page of text."""
    return card_response(_snapshot(request, slug, pk), to_save=False)


@never_cache
@login_required
@require_safe
def snapshot_folder(request: UserRequest, slug: str, pk: int) -> HttpResponseBase:
    """The card and the Parquet files."""
    return folder_response(_snapshot(request, slug, pk))


def _snapshot(request: UserRequest, slug: str, pk: int) -> Snapshot:
    project = project_for(request.user, slug, role=Role.MANAGER)
    return get_object_or_404(Snapshot.objects.select_related("project"), project=project, pk=pk)
