"""Archiving, restoring and deleting a project."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import UserRequest
from core.errors import BadInputError
from labeling.access import project_for
from labeling.models import Assignment, Role
from rounds.retiring import archiving
from rounds.retiring.loss import loss_of


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def project_archive(request: UserRequest, slug: str) -> HttpResponse:
    """Ask, then archive."""
    project = project_for(request.user, slug, role=Role.MANAGER, archived=True)
    if request.method == "POST":
        archiving.archive(project=project, by=request.user)
        messages.success(request, _("The project is archived."))
        return redirect("project", slug)
    begun = Assignment.objects.filter(task__project=project, state=Assignment.State.ACTIVE)
    context = {"project": project, "begun": begun.values("annotator").distinct().count()}
    return render(request, "rounds/project_archive.html", context)


@login_required
@require_POST
def project_restore(request: UserRequest, slug: str) -> HttpResponse:
    """Let an archived project go on."""
    project = project_for(request.user, slug, role=Role.MANAGER, archived=True)
    archiving.restore(project=project, by=request.user)
    messages.success(request, _("The project is in use again."))
    return redirect("project", slug)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def project_delete(request: UserRequest, slug: str) -> HttpResponse:
    """Count what is lost, ask for the short name, then queue the deletion."""
    project = project_for(request.user, slug, role=Role.MANAGER, archived=True)
    problem, typed = "", request.POST.get("typed", "")
    if request.method == "POST":
        try:
            archiving.ask_deletion(project=project, by=request.user, typed=typed)
        except BadInputError as error:
            problem = error.message
        else:
            text = _("%(name)s is being deleted. What is left of it is an entry in the audit.")
            messages.success(request, text % {"name": project.name})
            return redirect("home")
    context = {"project": project, "loss": loss_of(project), "problem": problem, "typed": typed}
    return render(request, "rounds/project_delete.html", context, status=422 if problem else 200)
