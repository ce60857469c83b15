"""What a project checks, and what came of it."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import UserRequest
from core.errors import BadInputError
from labeling.access import project_for
from labeling.checks import choosing, figures, screening
from labeling.checks.forms import CheckForm
from labeling.kinds import kinds
from labeling.models import CheckSettings, Gold, Project, Role, Screening
from labeling.views.signed_in import signed_in

State = Screening.State


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def checks(request: UserRequest, slug: str) -> HttpResponse:
    """The settings, the gold tasks there are, and each person's figures."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    row = CheckSettings.objects.filter(project=project).first() or CheckSettings(project=project)
    form = CheckForm(request.POST or None, instance=row)
    if form.is_valid():
        is_on = form.cleaned_data.pop("screening")
        choosing.change(project=project, by=request.user, **form.cleaned_data)
        screening.switch(project=project, by=request.user, is_on=is_on)
        messages.success(request, _("The settings are stored."))
        return redirect("checks", slug)
    context = {
        "project": project,
        "form": form,
        "golds": _golds(project),
        "rows": figures.of_project(project),
        "bound": row.pass_percent,
        "screened": screening.results(project),
    }
    status = 422 if form.errors else 200
    return render(request, "labeling/checks.html", context, status=status)


@signed_in
@require_POST
def screening_decide(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Let somebody new work, or not, or try the test again."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    row = get_object_or_404(Screening, project=project, annotator=pk)
    states = {"pass": State.PASSED, "fail": State.FAILED, "again": State.TEST}
    if (state := states.get(request.POST.get("act", ""))) is None:
        raise BadInputError(_("Choose what is to become of the test."))
    screening.decide(row=row, by=request.user, state=state)
    messages.success(request, _("The decision is stored."))
    return redirect("checks", slug)


def _golds(project: Project) -> list[dict[str, Any]]:
    """How many gold tasks there are, by kind and language."""
    in_use = Q(retired_at=None)
    groups = Gold.objects.filter(project=project).values("task__kind", "task__prompt__language")
    found = groups.annotate(
        mixed=Count("pk", filter=in_use & Q(is_test=False)),
        test=Count("pk", filter=in_use & Q(is_test=True)),
        retired=Count("pk", filter=~in_use),
    ).order_by("task__kind", "task__prompt__language")
    return [
        {**row, "kind": kinds()[row["task__kind"]], "language": row["task__prompt__language"]}
        for row in found
    ]
