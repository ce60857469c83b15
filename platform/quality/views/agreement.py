"""How much people agree."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import UserRequest
from core.errors import BadInputError
from labeling.access import membership_for, project_for
from labeling.kinds import kinds
from labeling.models import Role
from labeling.views.signed_in import signed_in
from quality import bounds, showing
from quality.forms import BoundForm
from quality.known import ENOUGH, ENOUGH_GOLD, NEWEST
from quality.models import AgreementBound, ProjectFigures, Reliability, TaskAgreement
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
    alpha = bounds.alpha(kind) if kind and is_manager else None
    bound_of = AgreementBound.objects.filter(project=project, kind=kind.name if kind else "")
    context = {
        "project": project,
        "is_manager": is_manager,
        "reliability": list(known.order_by("value", "pk")[:PEOPLE]) if is_manager else [],
        "most_tasks": f"{TASKS:,}",
        "figures": figures,
        "enough": ENOUGH,
        "enough_gold": ENOUGH_GOLD,
        "most": f"{NEWEST:,}",
        "bias": [
            row | {"label": kinds()[row["kind"]].plural}
            for row in (figures.bias if figures else [])
            if row["kind"] in kinds()
        ],
        "kind": kind,
        "kinds": [kinds()[name] for name in whole],
        "alpha": alpha,
        "bound": bound_of.first() if alpha else None,
        "whole": showing.group(whole[kind.name], kind) if kind else None,
        "chosen": whole[kind.name].get("chosen", 0) if kind else 0,
        "tables": showing.tables(groups, kind) if kind else [],
        "least": list(least.filter(kind=kind.name)[:LISTED]) if kind else [],
    }
    return render(request, "quality/agreement.html", context)


@signed_in
@require_POST
def bound(request: UserRequest, slug: str) -> HttpResponse:
    """Choose where managers are told that the agreement of a kind is too low; empty: nowhere."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    form = BoundForm(request.POST)
    if not form.is_valid():
        text = _("Choose a number between 0 and 1, as 0.4.")
        raise BadInputError(text, errors={"bound": text})
    bounds.choose(project=project, by=request.user, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect(f"{reverse('agreement', args=[slug])}?kind={form.cleaned_data['kind']}")
