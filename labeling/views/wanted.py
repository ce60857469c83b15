"""Asking for prompts: the page on which managers say what is to be written."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import UserRequest
from core.errors import BadInputError
from labeling.access import project_for
from labeling.models import Role, WantedPrompts
from labeling.proposals import asking
from labeling.proposals.forms import AskForm, ChangeForm
from labeling.views.signed_in import signed_in


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def prompts_wanted(request: UserRequest, slug: str) -> HttpResponse:
    """What is asked for and how far it is; POST asks for more."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    form = AskForm(request.POST or None)
    if form.is_valid():
        try:
            asking.ask(project=project, by=request.user, **form.cleaned_data)
        except BadInputError as error:
            for field, message in error.errors.items():
                form.add_error(field, message)
        else:
            messages.success(request, _("The project’s annotators are asked for these prompts."))
            return redirect("prompts_wanted", slug)
    wanted = WantedPrompts.objects.filter(project=project).with_progress()
    context = {"project": project, "form": form, "wanted": wanted.order_by("-pk")}
    status = 422 if form.errors else 200
    return render(request, "labeling/prompts_wanted.html", context, status=status)


@signed_in
@require_POST
def wanted_change(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Ask for another number of these, or for no more."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    found = get_object_or_404(WantedPrompts, pk=pk, project=project)
    form = ChangeForm(request.POST)
    if not form.is_valid():
        text = _("Say how many prompts are wanted: 1 to 10,000.")
        raise BadInputError(text, errors={"number": text})
    asking.change(wanted=found, by=request.user, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("prompts_wanted", slug)
