"""One prompt: whole, with its tasks; put right, withdrawn, used again."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import UserRequest
from core.errors import BadInputError, ConflictError
from core.returning import back
from labeling import content_warnings, editing, prompt_metadata, rubrics
from labeling.access import membership_for, project_for
from labeling.models import Membership, Prompt, Role
from labeling.prompt_form import PromptForm
from labeling.views.signed_in import signed_in
from labeling.withdrawing import restore_prompt, withdraw_prompt


@never_cache
@signed_in
@require_GET
def prompt(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """The page; managers may put it right as long as nothing has been made of it."""
    member = membership_for(request.user, slug, role=Role.REVIEWER)
    rows = Prompt.objects.select_related("imported")
    found = get_object_or_404(rows, pk=pk, project=member.project)
    may_edit = member.role == Role.MANAGER and not found.given and editing.is_editable(found)
    return _page(request, member, found, PromptForm(prompt=found) if may_edit else None)


@signed_in
@require_POST
def prompt_edit(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Store other texts."""
    member = membership_for(request.user, slug, role=Role.MANAGER)
    found = get_object_or_404(Prompt, pk=pk, project=member.project)
    form = PromptForm(request.POST, prompt=found)
    if form.is_valid():
        try:
            editing.edit_prompt(prompt=found, by=request.user, **form.values())
        except (BadInputError, ConflictError) as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("The prompt is changed."))
            return redirect("prompt", slug, pk)
    return _page(request, member, found, form, status=422)


@signed_in
@require_POST
def prompt_withdraw(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Ask about a prompt no more, and go back to the page where that was said."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    withdraw_prompt(prompt=get_object_or_404(Prompt, pk=pk, project=project), by=request.user)
    messages.success(request, _("The prompt is withdrawn: nobody is asked about it any more."))
    return back(request, otherwise=reverse("prompts", args=[slug]))


@signed_in
@require_POST
def prompt_warning(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Say whether people are warned before they see the prompt."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    found = get_object_or_404(Prompt, pk=pk, project=project)
    warn = request.POST.get("warn") == "yes"
    content_warnings.decide(prompt=found, warn=warn, by=request.user)
    said = _("People are warned before they see the prompt.")
    messages.success(request, said if warn else _("The prompt is shown without a warning."))
    return redirect("prompt", slug, pk)


@signed_in
@require_POST
def prompt_restore(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Use a withdrawn prompt again."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    found = get_object_or_404(Prompt, pk=pk, project=project)
    tasks = restore_prompt(prompt=found, by=request.user)
    text = _("The prompt is in use again.")
    if tasks:
        more = ngettext(
            "%s task of it is still withdrawn: the queue opens it again.",
            "%s tasks of it are still withdrawn: the queue opens them again.",
            tasks,
        )
        text = f"{text} {more % tasks}"
    messages.success(request, text)
    return back(request, otherwise=reverse("prompts", args=[slug]))


def _page(
    request: UserRequest,
    member: Membership,
    found: Prompt,
    form: PromptForm | None,
    *,
    status: int = 200,
) -> HttpResponse:
    given = Count("annotations", filter=Q(annotations__standing="counts"))
    context = {
        "project": member.project,
        "is_manager": member.role == Role.MANAGER,
        "prompt": found,
        "form": form,
        "is_rubric_editable": rubrics.is_editable(found),
        "tasks": found.tasks.annotate(given=given).order_by("-pk")[:100],
        "completions": found.completions.count(),
        "metadata": prompt_metadata.shown(found.metadata),
    }
    return render(request, "labeling/prompt.html", context, status=status)
