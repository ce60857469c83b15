"""A project's settings and guidelines."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.requests import UserRequest
from core.errors import ConflictError, NotAllowedError
from labeling import projects
from labeling.access import project_for
from labeling.forms import ProjectForm, SettingsForm
from labeling.models import Project, Role
from labeling.queue import overlap
from labeling.queue.overlap import Effect
from labeling.views.signed_in import signed_in
from labeling.views.task_page import asked_kind, with_kind


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def project_new(request: UserRequest) -> HttpResponse:
    """The site admin opens a project and becomes its manager."""
    if not request.user.is_superuser:
        raise NotAllowedError(_("Only the site admin opens projects. Ask them for one."))
    form = ProjectForm(request.POST or None)
    if form.is_valid():
        try:
            project = projects.create_project(by=request.user, **form.cleaned_data)
        except ConflictError as error:
            for field, message in error.errors.items():
                form.add_error(field, message)
        else:
            return redirect("project", project.slug)
    status = 422 if form.errors else 200
    return render(request, "labeling/project_new.html", {"form": form}, status=status)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def project_settings(request: UserRequest, slug: str) -> HttpResponse:
    """Name, guidelines, and how tasks are handed out."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    # The form writes what it is given into its instance: that must not be `project`.
    form = SettingsForm(request.POST or None, instance=Project.objects.get(pk=project.pk))
    question = _question(project, form)
    chosen = request.POST.get("open_tasks", "")
    if question and chosen not in question.choices:
        return _settings(request, project, form, question=question, status=422)
    if form.is_valid():
        try:
            projects.change_settings(
                project=project,
                by=request.user,
                open_tasks=bool(question and chosen == question.choices[1]),
                **form.cleaned_data,
            )
        except ConflictError as error:
            for field, message in error.errors.items():
                form.add_error(field, message)
        else:
            messages.success(request, _("The settings are stored."))
            return redirect("project_settings", slug)
    return _settings(request, project, form, status=422 if form.errors else 200)


@dataclass(frozen=True, kw_only=True)
class Question:
    """Whether another number of answers holds for the open tasks too. effect: what that changes."""

    overlap: int
    effect: Effect

    @property
    def choices(self) -> tuple[str, str]:
        """New tasks only, or the open ones as well; another number is another question."""
        return f"new-{self.overlap}", f"open-{self.overlap}"


def _question(project: Project, form: SettingsForm) -> Question | None:
    """What is to be asked before these settings are stored; None where no open task differs."""
    if not form.is_valid() or form.cleaned_data["overlap"] == project.overlap:
        return None
    wanted = form.cleaned_data["overlap"]
    found = overlap.effect(overlap.changeable(project), wanted)
    return Question(overlap=wanted, effect=found) if found.tasks else None


def _settings(
    request: UserRequest,
    project: Project,
    form: SettingsForm,
    *,
    status: int,
    question: Question | None = None,
) -> HttpResponse:
    versions = project.guideline_versions.order_by("-number").select_related("created_by")
    context = {"project": project, "form": form, "question": question, "versions": versions[:20]}
    return render(request, "labeling/project_settings.html", context, status=status)


@signed_in
@require_GET
def guidelines(request: UserRequest, slug: str) -> HttpResponse:
    """The guidelines, or an older version of them."""
    project = project_for(request.user, slug)
    asked = request.GET.get("version", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 8 else project.guideline_version
    versions = project.guideline_versions.order_by("-number")
    shown = versions.filter(number=number).first() or versions.first()
    if shown:
        projects.mark_guidelines_read(project=project, user=request.user, version=shown.number)
    onward = with_kind(asked_kind(request), reverse("label_next", args=[slug]))
    context = {"project": project, "shown": shown, "versions": versions[:50], "onward": onward}
    return render(request, "labeling/guidelines.html", context)
