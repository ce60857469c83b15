"""The snapshots of a project: listed, compared, and frozen by filters."""

from dataclasses import dataclass
from typing import Self

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import UserRequest
from api.exports.choosing import FILTERS, freeze_chosen
from api.exports.filters import Filters
from api.filter_fields import USUAL, fields
from core.paging import Page, as_key
from labeling.access import project_for
from labeling.models import Role
from rounds.models import Snapshot
from rounds.snapshots import LABELS

SHOWN = 25


@dataclass(frozen=True, kw_only=True)
class Row:
    """A snapshot of the list. demonstrations, rankings: rows of its tables, held-out ones too."""

    snapshot: Snapshot
    demonstrations: int
    rankings: int

    @classmethod
    def of(cls, snapshot: Snapshot) -> Self:
        """Of a snapshot, by what it counted when it was frozen."""
        counts = snapshot.counts.values()
        return cls(
            snapshot=snapshot,
            **{table: sum(split.get(table, 0) for split in counts) for table in LABELS},
        )


@never_cache
@login_required
@require_safe
def snapshot_list(request: UserRequest, slug: str) -> HttpResponse:
    """The newest first; two that were chosen are compared."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    two = [as_key(request.GET.get(name)) for name in ("earlier", "later")]
    if all(two):
        return redirect("snapshot_changes", slug, *two)
    found = project.snapshots.annotate(trained=Count("runs"))
    page = Page(found, size=SHOWN, beyond=request.GET.get("before"))
    shown = fields(project, Filters.model_validate({}), FILTERS)
    context = {
        "project": project,
        "rows": [Row.of(snapshot) for snapshot in page.rows],
        "next": page.next,
        "usual": shown[:USUAL],
        "more": shown[USUAL:],
    }
    return render(request, "api/snapshots.html", context)


@login_required
@require_POST
def snapshot_freeze(request: UserRequest, slug: str) -> HttpResponse:
    """Freeze the labels that pass the filters of the form."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    query = request.POST.copy()
    query.pop("csrfmiddlewaretoken", None)
    newest = project.snapshots.order_by("-pk").values_list("pk", flat=True).first() or 0
    frozen = freeze_chosen(project=project, filters=Filters.read(query), by=request.user)
    if frozen.pk > newest:
        messages.success(request, _("The labels are frozen."))
    else:
        messages.info(request, _("Nothing changed since: this snapshot holds the same labels."))
    return redirect("snapshot", slug, frozen.pk)
