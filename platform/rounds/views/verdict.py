"""What people say of the models, blind; and asking them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import UserRequest
from core.errors import BadInputError, NotEnoughDataError
from labeling.access import project_for
from labeling.models import Role
from rounds.models import Ballot
from rounds.verdict import asking, texts
from rounds.verdict.forms import BallotForm, proposed
from rounds.verdict.reading import ballots_of, verdict_of


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def verdict(request: UserRequest, slug: str) -> HttpResponse:
    """The figures, and what was asked; POST asks."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    versions = texts.evaluated(project)
    chosen = proposed(project, versions, request.GET.getlist("versions"))
    form = BallotForm(request.POST or None, versions=versions, initial=chosen)
    if request.method == "POST" and form.is_valid():
        try:
            ballot = asking.ask(project=project, by=request.user, **form.asked())
        except (BadInputError, NotEnoughDataError) as error:
            form.add_error("versions", error.message)
        else:
            count = ballot.questions.count()
            text = ngettext(
                "%s task is open: annotators get it like any other.",
                "%s tasks are open: annotators get them like any others.",
                count,
            )
            messages.success(request, text % count)
            return redirect("verdict", slug)
    context = {
        "project": project,
        "form": form,
        "may_ask": len(versions) > 1,
        "shown": verdict_of(project),
        "ballots": ballots_of(project),
    }
    return render(request, "rounds/verdict.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def ballot_close(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Ask no more."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    asking.close(ballot=get_object_or_404(Ballot, project=project, pk=pk), by=request.user)
    messages.success(request, _("Nobody is asked any more. What was said counts."))
    return redirect("verdict", slug)
