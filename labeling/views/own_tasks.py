"""Which tasks somebody wants, among those that they are given."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.requests import UserRequest
from core.errors import ConflictError
from labeling import giving
from labeling.access import membership_for
from labeling.giving_forms import OwnTasksForm
from labeling.views.signed_in import signed_in


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def own_tasks(request: UserRequest, slug: str) -> HttpResponse:
    """Kinds, languages and content warnings; they hold from the next task on."""
    member = membership_for(request.user, slug)
    form = OwnTasksForm(request.POST if request.method == "POST" else None, member=member)
    if request.method == "POST" and member.pk is None:
        raise ConflictError(_("Only members of the project choose tasks in it."))
    if form.is_valid():
        chosen = form.cleaned_data
        giving.choose_own(
            member=member,
            kinds_chosen=chosen["kinds"],
            languages=chosen["languages"],
            avoids_warned=chosen["avoids_warned"],
        )
        messages.success(request, _("Saved."))
        return redirect("own_tasks", slug)
    context = {"project": member.project, "form": form, "given": giving.in_words(member)}
    status = 422 if form.errors else 200
    return render(request, "labeling/own_tasks.html", context, status=status)
