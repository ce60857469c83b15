"""What a prompt said before personal data was taken out of it; for managers."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.requests import UserRequest
from core.errors import ConflictError
from labeling import prompt_metadata, redaction
from labeling.access import project_for
from labeling.models import Prompt, Role
from labeling.views.signed_in import signed_in


@never_cache
@signed_in
@require_POST
def prompt_original(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Show it, and note who has read it."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    found = get_object_or_404(Prompt, pk=pk, project=project)
    original = redaction.read_original(prompt=found, by=request.user)
    if original is None:
        messages.error(request, _("Nothing was taken out of this prompt. Reload the page."))
        return redirect("prompt", slug, pk)
    context = {
        "project": project,
        "found": found,
        "prompt": original,
        "metadata": prompt_metadata.shown(original.metadata),
    }
    return render(request, "labeling/prompt_original.html", context)


@signed_in
@require_POST
def prompt_unredact(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Put back what was taken out."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    found = get_object_or_404(Prompt, pk=pk, project=project)
    try:
        redaction.restore_original(prompt=found, by=request.user)
    except ConflictError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The prompt is as its file had it."))
    return redirect("prompt", slug, pk)
