"""What people left and why, and withdrawing what no one should answer."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import UserRequest
from labeling import skipping, tasks
from labeling.access import membership_for, project_for
from labeling.models import Assignment, Role, Task
from labeling.views.signed_in import signed_in

PAGE = 30


@never_cache
@signed_in
@require_GET
def skipped(request: UserRequest, slug: str) -> HttpResponse:
    """The skips of a project with their reasons, newest first."""
    member = membership_for(request.user, slug, role=Role.REVIEWER)
    project = member.project
    page = Paginator(Assignment.objects.skipped(project), PAGE).get_page(request.GET.get("page"))
    context = {
        "project": project,
        "is_manager": member.role == Role.MANAGER,
        "page": page,
        "rows": [(row, *skipping.in_words(row.skip_reason)) for row in page],
    }
    return render(request, "labeling/skipped.html", context)


@signed_in
@require_POST
def task_withdraw(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Hand a task out no more."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    tasks.withdraw(task=get_object_or_404(Task, pk=pk, project=project), by=request.user)
    messages.success(request, _("The task is withdrawn. Who has begun it may still submit."))
    return redirect("skipped", slug)
