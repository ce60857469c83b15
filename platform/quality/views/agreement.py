"""How much people agree."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.requests import UserRequest
from labeling.access import membership_for
from labeling.kinds import kinds
from labeling.models import Role
from labeling.views.signed_in import signed_in
from quality import showing
from quality.known import ENOUGH
from quality.models import ProjectFigures, TaskAgreement

LISTED = 20  # tasks with the least agreement


@never_cache
@signed_in
@require_GET
def agreement(request: UserRequest, slug: str) -> HttpResponse:
    """The figures of one kind of answers, and the tasks with the least agreement."""
    member = membership_for(request.user, slug, role=Role.REVIEWER)
    project = member.project
    figures = ProjectFigures.objects.filter(project=project).first()
    groups = figures.groups if figures else []
    whole = {row["kind"]: row for row in groups if row["by"] == "all" and row["kind"] in kinds()}
    chosen = request.GET.get("kind", "")
    most = max(whole, key=lambda name: whole[name]["tasks"], default="")
    kind = kinds().get(chosen if chosen in whole else most)
    least = TaskAgreement.objects.filter(project=project, agreement__isnull=False)
    least = least.select_related("task__prompt").order_by("agreement", "task")
    context = {
        "project": project,
        "is_manager": member.role == Role.MANAGER,
        "figures": figures,
        "enough": ENOUGH,
        "kind": kind,
        "kinds": [kinds()[name] for name in whole],
        "whole": showing.group(whole[kind.name], kind) if kind else None,
        "tables": showing.tables(groups, kind) if kind else [],
        "least": list(least.filter(kind=kind.name)[:LISTED]) if kind else [],
    }
    return render(request, "quality/agreement.html", context)
