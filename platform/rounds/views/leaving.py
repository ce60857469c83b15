"""Removing a person: what is known of them is shown first."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.requests import UserRequest
from core.errors import BadInputError, ConflictError, NotFoundError
from rounds.leaving.known import known_of
from rounds.leaving.removing import remove_person


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def person_remove(request: UserRequest, pk: int) -> HttpResponse:
    """For the site admin: an account reaches beyond any one project."""
    if not request.user.is_superuser:
        raise NotFoundError
    person = get_object_or_404(User, pk=pk)
    problem, typed = "", request.POST.get("typed", "")
    erase = request.POST.get("what") == "erase"
    if request.method == "POST":
        try:
            name = remove_person(person=person, by=request.user, typed=typed, erase=erase)
        except (BadInputError, ConflictError) as error:
            problem = error.message
        else:
            messages.success(request, _("They are removed, and called %s from now on.") % name)
            if erase:
                messages.info(request, _("Their answers are being erased."))
            return redirect("home")
    context = {
        "person": person,
        "known": known_of(person),
        "problem": problem,
        "typed": typed,
        "erase": erase,
    }
    return render(request, "rounds/person_remove.html", context, status=422 if problem else 200)
