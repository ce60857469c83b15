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
from quality.known import ENOUGH, NEWEST
from quality.models import ProjectFigures, Reliability, TaskAgreement
from quality.reliability import TASKS

LISTED = 20  # tasks with the least agreement
PEOPLE = 200  # those who order texts least reliably


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
    is_manager = member.role == Role.MANAGER
    known = Reliability.objects.filter(project=project).select_related("person")
    context = {
        "project": project,
        "is_manager": is_manager,
        "reliability": list(known.order_by("value", "pk")[:PEOPLE]) if is_manager else [],
        "most_tasks": f"{TASKS:,}",
        "figures": figures,
        "enough": ENOUGH,
        "most": NEWEST,
        "bias": [
            row | {"label": kinds()[row["kind"]].plural}
            for row in (figures.bias if figures else [])
            if row["kind"] in kinds()
        ],
        "kind": kind,
        "kinds": [kinds()[name] for name in whole],
        "whole": showing.group(whole[kind.name], kind) if kind else None,
        "tables": showing.tables(groups, kind) if kind else [],
        "least": list(least.filter(kind=kind.name)[:LISTED]) if kind else [],
    }
    return render(request, "quality/agreement.html", context)
