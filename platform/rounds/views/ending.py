"""Ending a round before its time: what is lost is counted first."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.requests import UserRequest
from core.errors import BadInputError, ConflictError
from rounds.collecting.ending import cancel_round, cost, end_collecting
from rounds.views.rounds import find


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def round_end(request: UserRequest, slug: str, number: int) -> HttpResponse:
    """The choice; POST ends the collecting, or cancels the round where its number was typed."""
    round_ = find(request, slug, number)
    problem, typed = "", request.POST.get("typed", "")
    if request.method == "POST":
        try:
            if request.POST.get("act") == "cancel":
                cancel_round(round_=round_, by=request.user, typed=typed)
                messages.success(request, _("The round is cancelled. The next one can be opened."))
            else:
                end_collecting(round_=round_, by=request.user)
                text = _("Nothing more is asked in this round. Train with what there is.")
                messages.success(request, text)
        except (BadInputError, ConflictError) as error:
            problem = error.message
        else:
            return redirect("round", slug, number)
    context = {
        "project": round_.project,
        "round": round_,
        "cost": cost(round_),
        "problem": problem,
        "typed": typed,
    }
    return render(request, "rounds/round_end.html", context, status=422 if problem else 200)
