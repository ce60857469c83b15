"""The rubric of a prompt, written by managers."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.requests import UserRequest
from core.errors import BadInputError, ConflictError
from labeling import rubrics, settings_form
from labeling.access import project_for
from labeling.models import Project, Prompt, Role
from labeling.rubric_form import Rubric
from labeling.views.signed_in import signed_in


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def prompt_rubric(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """The items of one prompt; POST adds, moves or removes one, or stores all."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    prompt = get_object_or_404(Prompt, pk=pk, project=project)
    if request.method != "POST":
        content = {"items": prompt.rubric or [{"text": "", "points": 1}]}
        return _page(request, project, prompt, content, before=rubrics.seal(prompt))
    content = settings_form.sent(Rubric, request.POST)
    act, before = request.POST.get("act", ""), request.POST.get("before", "")
    if act != "save":
        content, focus = settings_form.acted(Rubric, content, act)
        return _page(request, project, prompt, content, before=before, focus=focus)
    try:
        rubrics.change(prompt=prompt, content=content, before=before, by=request.user)
    except (BadInputError, ConflictError) as error:
        return _page(request, project, prompt, content, before=before, error=error)
    messages.success(request, _("The rubric is stored."))
    return redirect("prompt", slug, pk)


def _page(
    request: UserRequest,
    project: Project,
    prompt: Prompt,
    content: dict[str, Any],
    *,
    before: str,
    focus: str = "",
    error: BadInputError | ConflictError | None = None,
) -> HttpResponse:
    context = {
        "project": project,
        "prompt": prompt,
        "list": next(iter(settings_form.drawn(Rubric, content, error.errors if error else {}))),
        "edited": {"focus": focus, "problem": error.message if error else ""},
        "before": before,
        "is_editable": rubrics.is_editable(prompt),
    }
    return render(request, "labeling/prompt_rubric.html", context, status=422 if error else 200)
